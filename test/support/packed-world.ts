/**
 * Worlds with models of many small files, which travel in packs, and what looks into them.
 */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sha256Of } from '../../src/base/digest.ts'
import { sharedWorldAt, startSharedWorld } from './shared-world.ts'
import type { SharedWorld } from './shared-world.ts'
import { placeFolder } from './templates.ts'
import type { World } from './world.ts'

/** More than are left as they are. */
const COUNT = 300

/** A team with a folder as its store, and a model of many small files in the worktree of `ada`. */
export function packedWorld(): SharedWorld & { readonly store: string } {
  const root = placeFolder('team with a folder', (folder) => {
    startSharedWorld(folder, { init: ['--store', `dir:${join(folder, 'store')}`] })
  })
  const world = sharedWorldAt(root)
  writeModel(world.ada)
  return { ...world, store: join(root, 'store') }
}

/** Files of a kilobyte, a hundred to a folder, all different, of a kind that never stands inline. */
export function writeModel(world: World, folder = 'model', count = COUNT): void {
  rmSync(join(world.folder, folder), { recursive: true, force: true })
  for (let index = 0; index < count; index += 1) {
    world.write(`${folder}/${Math.floor(index / 100)}/${index}.bin`, Buffer.alloc(1000 + (index % 7), `file ${index} `))
  }
}

/** Objects of a clone, or of a store that is a folder: absolute paths, sorted. */
export function objectsIn(folder: string): readonly string[] {
  const root = existsSync(join(folder, '.git')) ? join(folder, '.git/mlv/objects') : join(folder, 'objects')
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
}

/** Every file below a folder, with its digest. */
export function contentsOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path.slice(folder.length)} ${sha256Of(readFileSync(path))}`)
    .toSorted()
}

/** Makes an object writable, and gives its path back. */
export function unlocked(path: string): string {
  chmodSync(path, 0o644)
  return path
}

/** Damages an object in its middle. */
export function flipByte(path: string): void {
  const bytes = readFileSync(path)
  const at = bytes.length >> 1
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(unlocked(path), bytes)
}
