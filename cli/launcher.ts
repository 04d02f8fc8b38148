#!/usr/bin/env node
/**
 * Starts the program from V8's compiled form of it, which halves the time a command needs before its first own line.
 * CommonJS, because Node's loader of modules takes another 6 ms.
 *
 * The compiled form belongs to one bundle and one version of Node.js: the bundle's name carries its digest, and V8
 * refuses a form that another version made. Then the program is compiled as usual, only later.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'

/** The bundle beside this file, put in by the build: ASCII, and one function of the two things a module has. */
declare const BUNDLE_NAME: string

const bundle = join(__dirname, BUNDLE_NAME)
const cachedData = readCompiled()
const script = new Script(readFileSync(bundle, 'latin1'), {
  filename: bundle,
  ...(cachedData === undefined ? {} : { cachedData }),
})

// Set by the build alone, after the main commands have run once and their functions are compiled.
if (process.env['MLV_WRITE_COMPILED'] === '1') {
  process.once('exit', () => writeFileSync(`${bundle}.compiled`, script.createCachedData()))
}
const program = script.runInThisContext() as (require: NodeJS.Require, moduleUrl: string) => void
program(require, pathToFileURL(bundle).href)

function readCompiled(): Buffer | undefined {
  try {
    return readFileSync(`${bundle}.compiled`)
  } catch {
    // Not made, or not shipped: slower, and nothing else.
    return undefined
  }
}
