/**
 * Lets a plain program use a module that is written in TypeScript.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildSync } from 'esbuild'

const PROJECT = resolve(import.meta.dirname, '..', '..', '..')

/** Loads a module, given its path from the top of the project. */
export async function loadTypeScript(/** @type {string} */ path) {
  const entry = join(PROJECT, path)
  // Below the packages that it imports.
  const folder = mkdtempSync(join(PROJECT, 'node_modules', '.mlv-loaded-'))
  try {
    const outfile = join(folder, 'loaded.mjs')
    buildSync({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      define: { 'import.meta.dirname': JSON.stringify(dirname(entry)) },
      outfile,
    })
    return await import(pathToFileURL(outfile).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
