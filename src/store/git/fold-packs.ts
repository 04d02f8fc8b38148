/**
 * Keeps the number of packs small: every commit adds one, and git looks into each of them for every object.
 */
import { join } from 'node:path'
import type { Files } from '../files/files.ts'
import { runGit } from './git-command.ts'
import type { GitProgram } from './git-command.ts'
import type { RepositoryPlace } from './probe.ts'

/** From this many packs on they are folded together. */
export const PACKS_BEFORE_FOLDING = 50

/** A repository whose packs may be folded. */
export interface FoldablePacks {
  readonly git: GitProgram
  readonly place: RepositoryPlace
  readonly files: Files
}

/**
 * Folds small packs into larger ones when there are many; each at least twice the next afterwards. Called by the holder
 * of the writer's lock after the refs moved. A failure is of no account to the commit: the next one tries again.
 */
export async function foldPacks({ git, place, files }: FoldablePacks): Promise<void> {
  // Git before 2.42 cannot fold the packs of a partial clone, whose own housekeeping looks after them.
  if (place.partialClone) return
  if ((await countPacks(files, place)) < PACKS_BEFORE_FOLDING) return
  const settings = ['-c', 'core.fsync=objects,pack-metadata', '-c', 'repack.writeBitmaps=false']
  const command = ['repack', '--geometric=2', '-d', '-l', '-q', '--no-write-bitmap-index']
  await runGit(git, [`--git-dir=${place.commonDir}`, ...settings, ...command], { cwd: place.commonDir })
}

/** Packs with a `.keep` stay as they are, so they do not count. */
async function countPacks(files: Files, place: RepositoryPlace): Promise<number> {
  const names = (await files.readFolder(join(place.commonDir, 'objects', 'pack'))).map(({ name }) => name)
  const kept = names.filter((name) => name.endsWith('.keep')).length
  return names.filter((name) => name.endsWith('.pack')).length - kept
}
