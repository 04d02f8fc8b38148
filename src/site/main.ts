/**
 * Where the answers of a site start: a script of its own, which the pages find instead of a server.
 */
import { siteAnswerer } from './answer-site.ts'

// What a server does to let others have their turn.
Object.assign(globalThis, { setImmediate: (call: () => void) => setTimeout(call, 0) })
Object.assign(globalThis, { mlvAnswer: siteAnswerer() })
