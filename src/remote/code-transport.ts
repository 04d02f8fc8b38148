/**
 * Commits of recorded code on their way to a remote: which of them it lacks, and what is sent in their place.
 */
import { refuse } from '../domain/failure.ts'
import { parseOid } from '../domain/oid.ts'
import type { Oid } from '../domain/oid.ts'
import { gitFailure, runGit } from '../store/git/git-command.ts'
import type { GitInput } from '../store/git/git-command.ts'
import type { HistoryPlace } from './git-history.ts'

/** Those of the commits that no branch fetched from the remote has, in the order given; ones not here are left out. */
export async function commitsNotOn(
  history: HistoryPlace,
  remote: string,
  commits: readonly Oid[],
): Promise<readonly Oid[]> {
  if (commits.length === 0) return []
  const input = `${commits.join('\n')}\n`
  const text = await ask(history, ['rev-list', '--ignore-missing', '--stdin', '--not', `--remotes=${remote}`], {
    input,
  })
  const beyond = new Set(text.split('\n'))
  return commits.filter((commit) => beyond.has(commit))
}

/**
 * The files of a commit as a commit of their own, without parents. The same commit always gives the same one: nobody
 * sends what is there already.
 */
export async function withoutHistory(history: HistoryPlace, commit: Oid, parents: readonly Oid[]): Promise<Oid> {
  const base = parents[0] === undefined ? [] : ['', `Mlv-Code-Base: ${parents[0]}`]
  const message = [`code of ${commit}`, ...base, ''].join('\n')
  const person = { NAME: 'mlv', EMAIL: 'mlv@localhost', DATE: '@0 +0000' }
  return made(history, ['commit-tree', '-F', '-', `${commit}^{tree}`], message, person)
}

/** A commit without files that keeps others reachable. */
export async function keeperOf(history: HistoryPlace, parents: readonly Oid[]): Promise<Oid> {
  const tree = await ask(history, ['mktree'], { input: '' })
  const named = parents.flatMap((parent) => ['-p', parent])
  const person = { NAME: 'mlv', EMAIL: 'mlv@localhost', DATE: '@0 +0000' }
  return made(history, ['commit-tree', ...named, '-F', '-', tree], 'keep code\n', person)
}

async function made(
  history: HistoryPlace,
  command: readonly string[],
  input: string,
  person: Readonly<Record<string, string>>,
): Promise<Oid> {
  const env = Object.fromEntries(
    Object.entries(person).flatMap(([what, value]) => [
      [`GIT_AUTHOR_${what}`, value],
      [`GIT_COMMITTER_${what}`, value],
    ]),
  )
  const text = await ask(history, command, { input, env })
  const oid = parseOid(text)
  if (oid === undefined) throw refuse('git-failed', { command: command[0] ?? '', exitCode: 0, stderr: text })
  return oid
}

async function ask({ git, place }: HistoryPlace, command: readonly string[], input: GitInput): Promise<string> {
  const result = await runGit(git, [`--git-dir=${place.gitDir}`, ...command], input)
  if (result.exitCode !== 0) throw gitFailure(command[0] ?? '', result, place.gitDir)
  return Buffer.from(result.stdout).toString('utf8').trim()
}
