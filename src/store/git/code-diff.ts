/**
 * The difference between two code states, as git words it.
 */
import type { Oid } from '../../domain/oid.ts'
import { runGit, startGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'
import type { RepositoryPlace } from './probe.ts'

/** `git diff --stat` between two trees; `undefined` when one of them is not in this clone. */
export async function codeDiffStat(
  git: GitProgram,
  place: RepositoryPlace,
  base: Oid,
  head: Oid,
): Promise<string | undefined> {
  const args = [`--git-dir=${place.commonDir}`, 'diff', '--stat=100', '--no-color', '--no-ext-diff', '--no-textconv']
  const { exitCode, stdout } = await runGit(git, [...args, '--end-of-options', base, head, '--'])
  return exitCode === 0 ? Buffer.from(stdout).toString('utf8') : undefined
}

/** A patch, or the beginning of a long one. */
export interface CodePatchText {
  readonly text: string
  readonly isCut: boolean
}

/**
 * `git diff` between two trees; `undefined` when one of them is not in this clone. Git is stopped when the limit is
 * reached; what is not UTF-8 is replaced.
 */
export async function codePatch(
  git: GitProgram,
  place: RepositoryPlace,
  { base, head, limitBytes }: { readonly base: Oid; readonly head: Oid; readonly limitBytes: number },
): Promise<CodePatchText | undefined> {
  const args = [
    `--git-dir=${place.commonDir}`,
    'diff',
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--find-renames',
  ]
  const child = startGit(git, [...args, '--end-of-options', base, head, '--'])
  child.stdin.end()
  child.stderr.resume()
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => {
      resolve(-1)
    })
    child.once('close', (exitCode) => {
      resolve(exitCode ?? -1)
    })
  })
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of child.stdout as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    sizeBytes += chunk.length
    if (sizeBytes > limitBytes) break
  }
  const isCut = sizeBytes > limitBytes
  if (isCut) child.kill()
  const exitCode = await ended
  if (!isCut && exitCode !== 0) return undefined
  return { text: Buffer.concat(chunks).subarray(0, limitBytes).toString('utf8'), isCut }
}
