/**
 * Sends the code that runs ran, as far as no branch of the remote has it, so that others can see and repeat them. By
 * default as snapshots: the files as they were, without the history of commits that nobody was shown yet.
 */
import type { CodePush } from '../../domain/config.ts'
import type { Oid } from '../../domain/oid.ts'
import { parseRefName } from '../../domain/ref-name.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { commitsNotOn, keeperOf, withoutHistory } from '../../remote/code-transport.ts'
import { backOff, fetchRefs, pushRefs } from '../../remote/git-transport.ts'
import type { GitRemote } from '../../remote/git-transport.ts'
import { CODE_REF } from '../../store/branch/transaction.ts'
import { gitFailure, runGit } from '../../store/git/git-command.ts'
import { readConfig } from '../../store/inputs/config-file.ts'
import { isExactCommit } from '../../store/code/exact-commit.ts'
import type { ShareOptions } from '../repository/share-state.ts'
import type { Repository } from '../repository/repository.ts'

const TRIES = 8

/** Returns how many commits of code were sent. A remote that does not take them is no reason to keep the records. */
export async function pushCode(repository: Repository, remote: GitRemote, options: ShareOptions): Promise<number> {
  const mode = await codePush(repository)
  const tip = await repository.context.engine.readRef(CODE_REF)
  if (mode === 'none' || tip === undefined) return 0
  const sent = parseRefName(`refs/mlv/sent/${remote.name}/code`)
  const before = await repository.context.engine.readRef(sent)
  const commits = await commitsNotOn(remote, remote.name, await keptSince(repository, tip, before))
  if (commits.length > 0) {
    if (before === undefined) options.onCode?.({ remote: remote.name, mode, commits: commits.length })
    const wanted = mode === 'history' ? commits : await snapshotsOf(repository, remote, commits)
    if (!(await sendCode(repository, remote, wanted, options))) return 0
  }
  await setRef(remote, sent, tip)
  return commits.length
}

/** How recorded code may leave this clone: `code.push` of the worktree's `mlv.yaml`. */
export async function codePush({ files, worktree, folder }: Repository): Promise<CodePush> {
  const found = worktree === undefined ? undefined : await readConfig(files, folder)
  return found?.config.codePush ?? 'snapshots'
}

/** Commits that were kept after a tip of the chain, newest first, each once. */
export async function keptSince({ context }: Repository, tip: Oid, before: Oid | undefined): Promise<readonly Oid[]> {
  const kept = new Set<Oid>()
  // What keeps code has no files. Behind the first of the chain comes the history of the code, which nobody asked for.
  const { tree: noFiles } = await context.engine.readCommit(tip)
  for (const { oid, tree, parents } of await context.engine.log(tip, {})) {
    if (oid === before || tree !== noFiles) break
    const code = parents.at(-1)
    if (code === undefined) continue
    kept.add(code)
    const kind = await context.engine.readCommit(code)
    // The code that an exact commit is about is only its parent, and travels without its history as well.
    if (isExactCommit(kind) && kind.parents[0] !== undefined) kept.add(kind.parents[0])
  }
  return [...kept]
}

/** Commits with the same files and without history, in the order given. */
export async function snapshotsOf(
  { context }: Repository,
  remote: GitRemote,
  commits: readonly Oid[],
): Promise<readonly Oid[]> {
  const snapshots: Oid[] = []
  for (const oid of commits) {
    const commit = await context.engine.readCommit(oid)
    snapshots.push(await withoutHistory(remote, { oid, parents: commit.parents, isExact: isExactCommit(commit) }))
  }
  return snapshots
}

/** Puts commits beside those that others sent; false when the remote does not take them. */
async function sendCode(
  repository: Repository,
  remote: GitRemote,
  commits: readonly Oid[],
  options: ShareOptions,
): Promise<boolean> {
  const tracking = parseRefName(`refs/mlv/remotes/${remote.name}/code`)
  const first = options.backOffMs === undefined ? {} : { firstMs: options.backOffMs }
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (tries > 0) await backOff(tries - 1, { entropy: repository.entropy, ...first })
    await fetchRefs(remote, [`${CODE_REF}*:${tracking}*`])
    const theirs = await repository.context.engine.readRef(tracking)
    const keeper = await keeperOf(remote, theirs === undefined ? commits : [theirs, ...commits])
    const push = { ref: CODE_REF, commit: keeper, creates: theirs === undefined }
    const outcome = (await pushRefs(remote, [push])).get(CODE_REF)
    if (outcome?.kind === 'pushed') return true
    if (outcome?.kind !== 'stale') return false
  }
  return false
}

/** Moves a ref of what mlv knows of others. */
export async function setRef({ git, place }: GitRemote, ref: RefName, commit: Oid): Promise<void> {
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'update-ref', ref, commit])
  if (result.exitCode !== 0) throw gitFailure('update-ref', result, place.gitDir)
}
