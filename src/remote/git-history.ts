/**
 * Which commits one side of a branch has and the other has not, asked of git itself.
 */
import { parseOid } from '../domain/oid.ts'
import type { Oid } from '../domain/oid.ts'
import { gitFailure, runGit } from '../store/git/git-command.ts'
import type { GitProgram } from '../store/git/git-command.ts'
import type { RepositoryPlace } from '../store/git/probe.ts'

/** A repository and the git that answers for it. */
export interface HistoryPlace {
  readonly git: GitProgram
  readonly place: RepositoryPlace
}

/** Commits that a tip has and none of the others, oldest first; merges are left out, their parents are not. */
export async function commitsBeyond(history: HistoryPlace, tip: Oid, others: readonly Oid[]): Promise<readonly Oid[]> {
  const text = await revList(history, ['--reverse', '--topo-order', '--no-merges'], tip, others)
  return text.split('\n').flatMap((line) => parseOid(line) ?? [])
}

/** Commits that a tip has and another has not, merges included, newest first. */
export async function commitsOnlyIn(history: HistoryPlace, tip: Oid, other: Oid): Promise<readonly Oid[]> {
  return (await revList(history, ['--topo-order'], tip, [other])).split('\n').flatMap((line) => parseOid(line) ?? [])
}

/** Every commit that is a merge base of two tips: several where each was merged into the other. */
export async function mergeBasesOf({ git, place }: HistoryPlace, left: Oid, right: Oid): Promise<readonly Oid[]> {
  const result = await runGit(git, [
    `--git-dir=${place.gitDir}`,
    'merge-base',
    '--all',
    '--end-of-options',
    left,
    right,
  ])
  return Buffer.from(result.stdout)
    .toString('utf8')
    .split('\n')
    .flatMap((line) => parseOid(line.trim()) ?? [])
}

/** How many commits a tip has and none of the others. */
export async function countBeyond(history: HistoryPlace, tip: Oid, others: readonly Oid[]): Promise<number> {
  return Number(await revList(history, ['--count'], tip, others))
}

/** The commit a history began with, the least by name of several; `undefined` where git names none. */
export async function firstCommitOf(history: HistoryPlace, tip: Oid): Promise<Oid | undefined> {
  const text = await revList(history, ['--max-parents=0'], tip, [])
  const [first] = text.split('\n').toSorted()
  return parseOid(first ?? '')
}

async function revList(
  { git, place }: HistoryPlace,
  options: readonly string[],
  tip: Oid,
  others: readonly Oid[],
): Promise<string> {
  const range = [tip, ...others.map((other) => `^${other}`)]
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'rev-list', ...options, ...range, '--'])
  if (result.exitCode !== 0) throw gitFailure('rev-list', result, place.gitDir)
  return Buffer.from(result.stdout).toString('utf8').trim()
}

/** The newest commit both tips have; `undefined` where this clone knows of none. */
export async function mergeBaseOf({ git, place }: HistoryPlace, left: Oid, right: Oid): Promise<Oid | undefined> {
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'merge-base', '--end-of-options', left, right])
  return result.exitCode === 0 ? parseOid(Buffer.from(result.stdout).toString('utf8').trim()) : undefined
}

/** Tells whether history was cut off when this clone was made. */
export async function isShallowClone({ git, place }: HistoryPlace): Promise<boolean> {
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, 'rev-parse', '--is-shallow-repository'])
  return Buffer.from(result.stdout).toString('utf8').trim() === 'true'
}
