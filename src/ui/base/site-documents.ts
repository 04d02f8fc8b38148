/**
 * The documents of a site of files. A page that was opened from a disk may not read other files, but it may load
 * scripts: each document is one, which calls `mlvData`. In a site of one file each is an element that holds JSON.
 */
import type { SiteAnswerer } from '../../server/wire.ts'

declare global {
  /** Answers instead of a server; there in a site of files alone. */
  var mlvAnswer: SiteAnswerer | undefined
  /** Called by the script of a document. */
  var mlvData: ((name: string, document: unknown) => void) | undefined
}

const KEPT = 400
const loads = new Map<string, Promise<unknown>>()
const arrived = new Map<string, unknown>()

/** Loads a document; `undefined` where there is none. */
export function loadDocument(name: string): Promise<unknown> {
  const present = loads.get(name)
  if (present !== undefined) return present
  const element = document.getElementById(`data/${name}`)
  const loading = element === null ? loadScript(name) : Promise.resolve<unknown>(JSON.parse(element.textContent))
  loads.set(name, loading)
  for (const oldest of loads.keys()) {
    if (loads.size <= KEPT) break
    loads.delete(oldest)
  }
  return loading
}

function loadScript(name: string): Promise<unknown> {
  globalThis.mlvData ??= (each, content) => void arrived.set(each, content)
  // All documents of a site of one file are in it.
  if (document.querySelector('script[data-one-file]') !== null) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const script = document.createElement('script')
    const end = (): void => {
      script.remove()
      resolve(arrived.get(name))
      arrived.delete(name)
    }
    script.onload = end
    script.onerror = end
    script.src = `data/${name}.js`
    document.head.append(script)
  })
}
