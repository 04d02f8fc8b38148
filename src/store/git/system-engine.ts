/**
 * The git port answered by the git program: objects through one `git cat-file --batch`, refs read from files without
 * starting anything, commits through git-fast-import and git-update-ref.
 */
import { present } from '../../base/assert.ts'
import { instantMs } from '../../base/clock.ts'
import type { Instant } from '../../base/clock.ts'
import { refuse } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { RefName } from '../../domain/ref-name.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { LEAST_BULK, readInBulk } from './bulk-reader.ts'
import type { Commit, GitEngine, LogQuery } from './engine.ts'
import { gitFailure, refuseOptionLike, runGit } from './git-command.ts'
import { listRefs, readRef } from './loose-ref.ts'
import type { NamedOid } from './loose-ref.ts'
import { openObjectBatch } from './object-batch.ts'
import type { ObjectBatch } from './object-batch.ts'
import { objectQueries, readBatches } from './object-queries.ts'
import { commitThroughGit } from './system-commit.ts'
import type { SystemRepository } from './system-commit.ts'
import { openSystemReader, readBlobsAhead } from './system-reader.ts'
import { scanTree } from './tree-object.ts'

/** Opens the system engine; nothing is started before the first question. */
export function openSystemEngine(repository: SystemRepository): GitEngine {
  const batch = openObjectBatch(repository.git, repository.place.gitDir)
  const reader = openSystemReader(batch, repository)
  const objects = objectQueries(reader)
  return {
    kind: 'system',
    ...objects,
    readBlobs: (oids) => readBlobsAhead(objects.readBlob, oids),
    readBlobBatches: (oids) => inBulk(repository, { kind: 'blob', oids, parse: (_, bytes) => bytes }, objects.readBlob),
    readTreeBatches: (oids) => inBulk(repository, { kind: 'tree', oids, parse: scanTree }, objects.readTree),
    bulk: { git: repository.git, gitDir: repository.place.gitDir },
    readRef: (ref) => readNamedRef(repository, ref),
    listRefs: (prefix) => listNamedRefs(repository, prefix),
    resolveCommit: (revision) => resolveCommit(batch, revision),
    readAt: (root, path) => readAt(batch, root, path),
    log: (tip, query) => readLog(repository, { tip, query, readCommit: objects.readCommit }),
    commitAt: (tip, at) => commitAt(repository, tip, at),
    isAncestor: (ancestor, descendant) => isAncestor(repository, ancestor, descendant),
    commitRefs: (updates, signatures) => commitThroughGit(repository, updates, signatures),
    close: () => batch.close(),
  }
}

interface BulkQuestion<Item> {
  readonly kind: 'blob' | 'tree'
  readonly oids: readonly Oid[]
  readonly parse: (oid: Oid, bytes: Uint8Array) => Item
}

/** Reads many objects by a process of their own, and one by one from the first that it could not give. */
async function* inBulk<Item>(
  { git, place }: SystemRepository,
  { kind, oids, parse }: BulkQuestion<Item>,
  readOne: (oid: Oid) => Promise<Item>,
): AsyncGenerator<readonly Item[]> {
  let read = 0
  if (oids.length >= LEAST_BULK) {
    for await (const batch of readInBulk({ git, gitDir: place.gitDir }, kind, oids)) {
      const first = read
      read += batch.length
      yield batch.map((bytes, index) => parse(present(oids[first + index], 'an object that was asked for'), bytes))
    }
  }
  yield* readBatches(oids.slice(read), readOne)
}

/** Git can ask in a pipe what a revision names, so a person's text never becomes an argument. */
async function resolveCommit(batch: ObjectBatch, revision: string): Promise<Oid | undefined> {
  refuseOptionLike(revision, 'a revision')
  if (revision === '') return undefined
  return (await batch.read(`${revision}^{commit}`))?.oid
}

/** Git walks the folders itself: one question instead of one a folder. */
async function readAt(batch: ObjectBatch, root: Oid, path: TreePath): Promise<Uint8Array | undefined> {
  const found = await batch.read(`${root}:${path}`)
  return found?.type === 'blob' ? found.bytes : undefined
}

async function readNamedRef({ git, place, files }: SystemRepository, ref: RefName): Promise<Oid | undefined> {
  if (place.refFormat === 'files') return readRef(place, files, ref)
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'rev-parse', '--verify', '--quiet', ref])
  return parseOid(textOf(result.stdout).trim())
}

async function listNamedRefs(repository: SystemRepository, prefix: string): Promise<readonly NamedOid[]> {
  const { git, place, files } = repository
  if (place.refFormat === 'files') return listRefs(place, files, prefix)
  const command = ['for-each-ref', '--format=%(objectname) %(refname)', prefix]
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, ...command])
  if (result.exitCode !== 0) throw gitFailure('for-each-ref', result, place.gitDir)
  return textOf(result.stdout).split('\n').flatMap(parseRefLine)
}

function parseRefLine(line: string): readonly NamedOid[] {
  const [name = '', ref] = line.split(' ')
  const oid = parseOid(name)
  return oid === undefined || ref === undefined ? [] : [{ oid, ref: parseRefName(ref) }]
}

/** What a log is read from. */
interface LogRequest {
  readonly tip: Oid
  readonly query: LogQuery
  readonly readCommit: (oid: Oid) => Promise<Commit>
}

async function readLog(
  repository: SystemRepository,
  { tip, query, readCommit }: LogRequest,
): Promise<readonly Commit[]> {
  const limit = query.limit === undefined ? [] : [`--max-count=${query.limit}`]
  const path = query.path === undefined ? [] : [query.path]
  const oids = await listCommits(repository, ['--first-parent', ...limit, tip, '--', ...path])
  return Promise.all(oids.map(readCommit))
}

async function commitAt(repository: SystemRepository, tip: Oid, at: Instant): Promise<Oid | undefined> {
  const seconds = Math.floor(instantMs(at) / 1000)
  const [newest] = await listCommits(repository, ['--first-parent', '--max-count=1', `--min-age=${seconds}`, tip, '--'])
  return newest
}

async function listCommits({ git, place }: SystemRepository, args: readonly string[]): Promise<readonly Oid[]> {
  // A path of a record may look like a pattern: it is meant as it is.
  const input = { cwd: place.gitDir, env: { GIT_LITERAL_PATHSPECS: '1' } }
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'rev-list', ...args], input)
  if (result.exitCode !== 0) throw missingOr(gitFailure('rev-list', result, place.gitDir), result.stderr)
  return textOf(result.stdout)
    .split('\n')
    .map(parseOid)
    .filter((oid) => oid !== undefined)
}

async function isAncestor({ git, place }: SystemRepository, ancestor: Oid, descendant: Oid): Promise<boolean> {
  const command = ['merge-base', '--is-ancestor', ancestor, descendant]
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, ...command])
  if (result.exitCode === 0 || result.exitCode === 1) return result.exitCode === 0
  throw missingOr(gitFailure('merge-base', result, place.gitDir), result.stderr)
}

function missingOr(failure: Error, stderr: string): Error {
  const id = /(?:bad object|Not a valid commit name|Could not read|unable to read) ([0-9a-f]{40,64})/.exec(stderr)?.[1]
  return id === undefined ? failure : refuse('object-missing', { what: 'commit', id }, failure)
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8')
}
