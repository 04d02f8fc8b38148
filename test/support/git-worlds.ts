/**
 * The worlds an engine is held to its promises in: which engine, on which disk, with stock git beside it.
 */
import { deflateSync } from 'node:zlib'
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { parseOid } from '../../src/domain/oid.ts'
import type { Oid } from '../../src/domain/oid.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import { rootPath } from '../../src/domain/tree-path.ts'
import type { Files } from '../../src/store/files/files.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { openEmbeddedEngine } from '../../src/store/git/embedded-engine.ts'
import type { GitEnvironment } from '../../src/store/git/git-environment.ts'
import { openEngine } from '../../src/store/git/open-engine.ts'
import type { GitEngine, RefUpdate, TreeEdit } from '../../src/store/git/engine.ts'
import type { TestRepository } from './repository.ts'
import { GIT_VARIABLES, makeMemoryRepository, makeRepository, SIGNATURES } from './repository.ts'

/** The machine as the system engine is told of it; time and chance stand still. */
const GIT_ENVIRONMENT: GitEnvironment = {
  variables: GIT_VARIABLES,
  userId: process.getuid?.(),
  processId: process.pid,
  hostName: 'test',
  clock: { nowMs: () => SIGNATURES.committer.atSeconds * 1000, elapsedMs: () => 0 },
  entropy: { randomBytes: (count) => new Uint8Array(count) },
}

/** An engine on a fresh, empty repository. */
export interface GitWorld extends TestRepository {
  readonly engine: GitEngine
  readonly files: Files
}

/** The system engine on the real disk. */
export async function systemOnDisk(): Promise<GitWorld> {
  const repository = makeRepository()
  const engine = await openEngine(repository.place, nodeFiles, GIT_ENVIRONMENT, 'system')
  return { ...repository, files: nodeFiles, engine }
}

/** The embedded engine on the real disk. */
export async function embeddedOnDisk(): Promise<GitWorld> {
  const repository = makeRepository()
  return { ...repository, files: nodeFiles, engine: await openEmbeddedEngine(repository.place, nodeFiles) }
}

/** The embedded engine in memory. Git sees copies, so it can only look. */
export async function embeddedInMemory(): Promise<GitWorld> {
  const repository = makeMemoryRepository()
  return { ...repository, engine: await openEmbeddedEngine(repository.place, repository.files) }
}

/** Closes a world's engine when the test ends. */
export function closing(world: GitWorld): GitWorld {
  onTestFinished(() => world.engine.close())
  return world
}

/** mlv's own branch. */
export const MLV = parseRefName('refs/heads/mlv')

/** The branch of records in the split layout. */
export const RECORDS = parseRefName('refs/heads/mlv-runs')

/** Puts text or bytes at a path. */
export function put(path: string, content: string | Uint8Array): TreeEdit {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
  return { kind: 'put', path: rootPath(path), bytes }
}

/** Makes a path the same object as another. */
export function copy(from: string, to: string): TreeEdit {
  return { kind: 'copy', from: rootPath(from), to: rootPath(to) }
}

/** Removes a path. */
export function remove(path: string): TreeEdit {
  return { kind: 'remove', path: rootPath(path) }
}

/** An update of mlv's branch, unless said otherwise. */
export function updateOf(fields: Partial<RefUpdate>): RefUpdate {
  return { ref: MLV, expected: undefined, edits: [], alsoParents: [], message: 'test: commit\n', ...fields }
}

/** Commits edits on top of what mlv's branch holds; returns the new tip. */
export async function commit(
  world: GitWorld,
  edits: readonly TreeEdit[],
  fields: Partial<RefUpdate> = {},
): Promise<Oid> {
  const ref = fields.ref ?? MLV
  const expected = await world.engine.readRef(ref)
  const [tip] = await world.engine.commitRefs([updateOf({ expected, edits, ...fields })], SIGNATURES)
  return present(tip, 'one update to make one commit')
}

/** Every file of a commit as `path: text`, for comparing with a written list. */
export async function filesOf(world: GitWorld, tip: Oid): Promise<readonly string[]> {
  const oids = world
    .git('ls-tree', '-r', '-z', tip)
    .split('\0')
    .filter((line) => line !== '')
  const lines = oids.map(async (line) => {
    const [, oid, path] = /^\d+ blob ([0-9a-f]+)\t(.*)$/s.exec(line) ?? []
    const bytes = await world.engine.readBlob(oidOf(oid ?? ''))
    return `${path ?? line}: ${Buffer.from(bytes).toString('utf8')}`
  })
  return await Promise.all(lines)
}

/** Stores an object as a loose one, whatever its bytes; returns its name. */
export async function writeLoose(world: GitWorld, kind: string, bytes: Uint8Array): Promise<Oid> {
  const whole = Buffer.concat([Buffer.from(`${kind} ${bytes.length}\0`), bytes])
  const oid = oidOf(createHash('sha1').update(whole).digest('hex'))
  await writeFile(world.files, looseFile(world, oid), deflateSync(whole))
  return oid
}

/** Where an object is while it is loose. */
export function looseFile(world: GitWorld, oid: string): string {
  return join(world.place.commonDir, 'objects', oid.slice(0, 2), oid.slice(2))
}

/** Writes a file, in the place of any that is there. */
export async function writeFile(files: Files, path: string, content: string | Uint8Array): Promise<void> {
  await files.makeFolder(dirname(path))
  await files.remove(path)
  const file = await files.open(path, 'create')
  await file.write(typeof content === 'string' ? Buffer.from(content, 'utf8') : content)
  await file.close()
}

/** An object name that a test knows to be one. */
export function oidOf(text: string): Oid {
  return present(parseOid(text), `'${text}' to be an object name`)
}

/** The bytes of a tree entry, however wrong. */
export function rawEntry(mode: string, name: string | Uint8Array, oid: string): Uint8Array {
  return Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(oid, 'hex')])
}
