/**
 * Pushes a branch in several steps where one would be more than a host takes at once (GitHub: 2 GB a push). Every step
 * is a commit of the branch, so what is there after any of them is a whole state of it.
 */
import type { Oid } from '../domain/oid.ts'
import { parseOid } from '../domain/oid.ts'
import { runGit } from '../store/git/git-command.ts'
import { readGitConfig, settingOf } from '../store/git/git-config.ts'
import { sizeOfText } from '../base/size-text.ts'
import { refuse } from '../domain/failure.ts'
import { pushRefs } from './git-transport.ts'
import type { GitRemote, RefPush } from './git-transport.ts'
import type { PushOutcome } from './push-report.ts'

/** What a push holds at most; below the 2 GB of GitHub, because a pack on the way is not the one on the disk. */
const MOST_BYTES = 1_500_000_000
/** A repository of less than this is not looked at closer. */
const SMALL_BYTES = 10_000_000

/**
 * Pushes a branch forward, in steps of what a host takes. What an earlier step brought stays when a later one is
 * refused.
 *
 * @param from what the remote has of the branch
 * @param most for tests; what git's configuration says (`mlv.maxPushSize`), else 1.5 GB, when absent
 * @throws `remote-unreachable`, `git-missing`, `usage-invalid` for a setting that is no size
 */
export async function pushInBatches(
  remote: GitRemote,
  push: RefPush,
  from: Oid | undefined,
  most?: number,
): Promise<PushOutcome> {
  let creates = push.creates
  for (const commit of await stepsOf(remote, from, push.commit, most)) {
    const outcome = (await pushRefs(remote, [{ ...push, commit, creates }])).get(push.ref)
    if (outcome?.kind !== 'pushed') return outcome ?? { kind: 'refused', problem: 'the remote did not say why' }
    creates = false
  }
  return { kind: 'pushed' }
}

/** The commits to push one after the other; the last is `to`. */
async function stepsOf(remote: GitRemote, from: Oid | undefined, to: Oid, most?: number): Promise<readonly Oid[]> {
  if (most === undefined && (await repositoryBytes(remote)) < SMALL_BYTES) return [to]
  const limitBytes = most ?? (await configuredMost(remote))
  const listed = await asked(remote, ['rev-list', '--first-parent', '--reverse', ...rangeOf(from, to)])
  const commits = (listed ?? '').split('\n').flatMap((line) => parseOid(line) ?? [])
  return commits.length === 0 ? [to] : split(remote, from, commits, limitBytes)
}

async function split(
  remote: GitRemote,
  from: Oid | undefined,
  commits: readonly Oid[],
  limitBytes: number,
): Promise<readonly Oid[]> {
  const last = commits.at(-1)
  if (last === undefined) return []
  if (commits.length === 1 || (await bytesBetween(remote, from, last)) <= limitBytes) return [last]
  const half = Math.ceil(commits.length / 2)
  const [first, second] = [commits.slice(0, half), commits.slice(half)]
  return [...(await split(remote, from, first, limitBytes)), ...(await split(remote, first.at(-1), second, limitBytes))]
}

/** Zero where git is too old to tell: then all goes at once. */
async function bytesBetween(remote: GitRemote, from: Oid | undefined, to: Oid): Promise<number> {
  const told = await asked(remote, ['rev-list', '--objects', '--disk-usage', ...rangeOf(from, to)])
  return Number(told ?? 0)
}

async function repositoryBytes(remote: GitRemote): Promise<number> {
  const told = (await asked(remote, ['count-objects', '-v'])) ?? ''
  const kibibytes = [...told.matchAll(/^size(?:-pack)?: (\d+)$/gm)].map(([, count]) => Number(count))
  return kibibytes.reduce((sum, count) => sum + count * 1024, 0)
}

async function configuredMost({ git, place }: GitRemote): Promise<number> {
  const given = settingOf(await readGitConfig(git, place.gitDir), 'mlv.maxpushsize')
  if (given === undefined) return MOST_BYTES
  const sizeBytes = sizeOfText(given)
  if (sizeBytes !== undefined) return sizeBytes
  throw refuse('usage-invalid', { problem: `mlv.maxPushSize is a size such as 1GB, not '${given}'` })
}

function rangeOf(from: Oid | undefined, to: Oid): readonly string[] {
  return from === undefined ? [to, '--'] : [to, `^${from}`, '--']
}

async function asked({ git, place }: GitRemote, args: readonly string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await runGit(git, [`--git-dir=${place.gitDir}`, ...args])
  return exitCode === 0 ? Buffer.from(stdout).toString('utf8').trim() : undefined
}
