/**
 * Makes chains of commits and moves refs onto them, all or none: what replaying operations and fast-forwarding need.
 * One git-fast-import for all commits, held by temporary refs until one transaction moves the refs and drops those.
 */
import { dirname, join } from 'node:path'
import { newUlid } from '../../base/ulid.ts'
import type { Clock, Entropy } from '../../base/clock.ts'
import { refuse } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { errnoOf, withDiskFailures } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import type { Signature, Signatures, TreeEdit } from './engine.ts'
import { checkpointCommands, commitCommands } from './fast-import-stream.ts'
import { gitFailure, runGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'
import { TEMPORARY_REFS } from './leftovers.ts'
import type { RepositoryPlace } from './probe.ts'
import { startRefTransaction, transactionFailure } from './ref-transaction.ts'
import { signCommit } from './sign-commit.ts'

/** One commit of a chain. */
export interface ChainCommit {
  readonly message: string
  readonly author: Signature
  readonly edits: readonly TreeEdit[]
  /** Parents after the commit before it in the chain. */
  readonly alsoParents?: readonly Oid[]
}

/** A ref and the commits it is moved onto; without commits it moves to `base` itself. */
export interface RefChain {
  readonly ref: RefName
  /** What the ref must hold now; `undefined` for a ref that must not exist. */
  readonly expected: Oid | undefined
  /** The parent of the first commit; `undefined` to start a history. */
  readonly base: Oid | undefined
  readonly commits: readonly ChainCommit[]
}

/** What making chains needs. The caller holds the writer's lock. */
export interface ChainContext {
  readonly git: GitProgram
  readonly place: RepositoryPlace
  readonly files: Files
  readonly clock: Clock
  readonly entropy: Entropy
}

const SETTINGS = [
  'fastimport.unpackLimit=0',
  'core.fsync=objects,pack-metadata',
  'core.fsyncMethod=fsync',
  'core.logAllRefUpdates=false',
].flatMap((setting) => ['-c', setting])

/**
 * Makes all commits and moves all refs, or none. Durable when it returns. New tips come in the order of the chains.
 *
 * @throws `branch-moved` when a ref is not at `expected`, `ref-locked`, `disk-full`, `disk-failed`
 */
export async function moveOntoChains(
  context: ChainContext,
  chains: readonly RefChain[],
  signatures: Signatures,
  reason: string,
): Promise<readonly Oid[]> {
  const { place, files, git } = context
  return withDiskFailures(place.commonDir, 'writing', async () => {
    const operation = newUlid(context.clock, context.entropy)
    const branches = chains.map((_, index) => parseRefName(`${TEMPORARY_REFS}/${operation}-${index}`))
    const tips: Oid[] = []
    const moves: { ref: RefName; expected: Oid | undefined; commit: Oid }[] = []
    for (const [index, chain] of chains.entries()) {
      const branch = branches[index]
      const tip = branch === undefined ? undefined : await makeChain(context, chain, branch, signatures)
      if (tip === undefined) throw refuse('branch-moved', { ref: chain.ref })
      tips.push(tip)
      if (tip !== chain.expected) moves.push({ ref: chain.ref, expected: chain.expected, commit: tip })
    }
    const made = branches.filter((_, index) => (chains[index]?.commits.length ?? 0) > 0)
    await files.syncFolder(join(place.commonDir, 'objects', 'pack'))
    const log = { committer: signatures.committer, message: reason }
    const moved = await startRefTransaction(git, place, log).run({ moves, removals: made })
    if (moved.exitCode !== 0) {
      await dropRefs(context, made)
      throw await transactionFailure(moved, context)
    }
    await syncRefs(
      context,
      moves.map(({ ref }) => ref),
    )
    return tips
  })
}

/** The last commit of a chain, held by its temporary ref. */
async function makeChain(
  context: ChainContext,
  chain: RefChain,
  branch: RefName,
  signatures: Signatures,
): Promise<Oid | undefined> {
  if (signatures.sign !== true) return importChain(context, chain, branch, signatures)
  // A signature covers the parent, so each commit waits for the one before it.
  let tip = chain.base
  for (const commit of chain.commits) {
    const part = { ...chain, base: tip, commits: [commit] }
    const imported = await importChain(context, part, branch, signatures)
    if (imported === undefined) return undefined
    tip = await signCommit(context, imported, { ...signatures, author: commit.author })
    const result = await runGit(context.git, [`--git-dir=${context.place.commonDir}`, 'update-ref', branch, tip])
    if (result.exitCode !== 0) throw gitFailure('update-ref', result, context.place.commonDir)
  }
  return tip
}

async function importChain(
  { git, place }: ChainContext,
  { base, commits, ref }: RefChain,
  branch: RefName,
  signatures: Signatures,
): Promise<Oid | undefined> {
  if (commits.length === 0) return base
  const pieces = commits.flatMap(({ author, alsoParents = [], edits, message }, index) => {
    // Without a parent named, a commit goes on from the one before it on the same branch.
    const parent = index > 0 || base === undefined ? {} : { base }
    const update = { ref, expected: undefined, ...parent, edits, alsoParents, message }
    const people = { ...signatures, author }
    return [...commitCommands(branch, update, { mark: index + 1, signatures: people })]
  })
  const input = Buffer.concat([...pieces, checkpointCommands(commits.length), Buffer.from('done\n')])
  // A branch that is signed commit by commit is started again from each signed one.
  const command = ['fast-import', '--quiet', '--done', '--force']
  const result = await runGit(git, [`--git-dir=${place.commonDir}`, ...SETTINGS, ...command], {
    cwd: place.commonDir,
    input,
  })
  if (result.exitCode !== 0) throw gitFailure('fast-import', result, place.commonDir)
  return parseOid(Buffer.from(result.stdout).toString('latin1').trim().split('\n').at(-1) ?? '')
}

async function dropRefs({ git, place }: ChainContext, refs: readonly RefName[]): Promise<void> {
  const input = refs.map((ref) => `delete ${ref}\n`).join('')
  await runGit(git, [`--git-dir=${place.commonDir}`, 'update-ref', '--stdin'], { input })
}

/** The folders hold the new names; the reflog is written by git without a sync. */
async function syncRefs({ place, files }: ChainContext, refs: readonly RefName[]): Promise<void> {
  if (place.refFormat === 'reftable') return files.syncFolder(join(place.commonDir, 'reftable'))
  const paths = refs.flatMap((ref) => [join(place.commonDir, ref), join(place.commonDir, 'logs', ref)])
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    // A `git pack-refs` beside us may have removed the folder it left empty.
    await files.syncFolder(folder).catch((caught: unknown) => {
      if (errnoOf(caught) !== 'ENOENT') throw caught
    })
  }
}
