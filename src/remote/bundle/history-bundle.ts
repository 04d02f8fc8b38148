/**
 * The git half of a bundle. It is made in a scratch repository that borrows the objects of this one and has exactly the
 * refs that are to be told, so that nothing of the repository moves and no ref of the user gets in.
 */
import { join } from 'node:path'
import { refuse } from '../../domain/failure.ts'
import { parseOid } from '../../domain/oid.ts'
import type { Oid } from '../../domain/oid.ts'
import type { RefName } from '../../domain/ref-name.ts'
import { digestOfFile } from './digest-of-file.ts'
import type { Files } from '../../store/files/files.ts'
import { writeSynced } from '../../store/files/write-synced.ts'
import { gitFailure, runGit } from '../../store/git/git-command.ts'
import type { GitProgram, GitInput } from '../../store/git/git-command.ts'
import type { RepositoryPlace } from '../../store/git/probe.ts'
import { HISTORY_NAME } from './bundle-layout.ts'
import type { BundledFile } from './write-bundle.ts'

/** A repository whose history is bundled. */
export interface HistorySource {
  readonly git: GitProgram
  readonly place: RepositoryPlace
  readonly files: Files
  /** A folder for the work, which must be there and empty; the caller removes it. */
  readonly folder: string
}

/**
 * Bundles refs without what others have; `undefined` when they have all of it.
 *
 * @throws `git-failed`, `git-missing`, the disk's refusals
 */
export async function bundleHistory(
  source: HistorySource,
  refs: ReadonlyMap<RefName, Oid>,
  prerequisites: readonly Oid[],
): Promise<BundledFile | undefined> {
  const { git, files, folder, place } = source
  const scratch = join(folder, 'scratch')
  const format = place.objectFormat === 'sha256' ? ['--object-format=sha256'] : []
  await ask(git, ['init', '--quiet', '--bare', ...format, '--', scratch])
  const objects = Buffer.from(`${join(place.commonDir, 'objects')}\n`)
  await writeSynced(files, join(scratch, 'objects', 'info', 'alternates'), objects)
  const creations = [...refs].map(([ref, oid]) => `create ${ref} ${oid}\n`).join('')
  await ask(git, [`--git-dir=${scratch}`, 'update-ref', '--stdin'], { input: creations })
  const path = join(folder, HISTORY_NAME)
  const wanted = [...refs.keys(), ...prerequisites.map((oid) => `^${oid}`)]
  // One thread: how deltas are shared out among more is chance, and equal histories would not be equal bytes.
  const command = ['-c', 'pack.threads=1', 'bundle', 'create', '--quiet', path, ...wanted]
  const result = await runGit(git, [`--git-dir=${scratch}`, ...command])
  if (result.exitCode !== 0) {
    if (/empty bundle/.test(result.stderr)) return undefined
    throw gitFailure('bundle create', result, place.gitDir)
  }
  return { path, ...(await digestOfFile(files, path)) }
}

/** The refs that a git bundle brings. @throws `bundle-invalid` for a file that git does not take for one */
export async function historyRefs(
  git: GitProgram,
  path: string,
  told: string,
): Promise<ReadonlyMap<string, Oid | undefined>> {
  const result = await runGit(git, ['bundle', 'list-heads', path])
  if (result.exitCode !== 0) throw refuse('bundle-invalid', { file: told, problem: `git cannot read its history` })
  const lines = Buffer.from(result.stdout).toString('utf8').split('\n')
  return new Map(
    lines.flatMap((line) => {
      const [oid = '', ref] = line.split(' ')
      return ref === undefined ? [] : [[ref, parseOid(oid)] as const]
    }),
  )
}

async function ask(git: GitProgram, args: readonly string[], input: GitInput = {}): Promise<void> {
  const result = await runGit(git, args, input)
  if (result.exitCode === 0) return
  throw gitFailure(args.find((arg) => !arg.startsWith('-')) ?? '', result, '.')
}
