/**
 * A branch that mlv did not write: somebody else's commit on it, made with stock git, as a fetch would bring it.
 */
import { expect } from 'vitest'
import { runProgram } from './programs.ts'
import { GIT_VARIABLES } from './repository.ts'
import { fingerprint, makeTrainedWorld } from './world.ts'
import type { World } from './world.ts'

/** Where the first version of the model keeps its list of files. */
export const FILES_MANIFEST = 'models/churn/versions/1/files.yaml'

/** Where its own manifest is. */
export const VERSION_MANIFEST = 'models/churn/versions/1/version.yaml'

/** A world with one good version on the branch, in production. */
export function makeVictim(): World {
  return makeTrainedWorld('good')
}

/** An entry of a tree as git-fast-import(1) takes it. */
export interface ForeignEntry {
  readonly path: string
  readonly content: string
  /** `100644` when absent. */
  readonly mode?: string
}

/** Puts one commit with these files on top of the branch, and returns a way to take it back. */
export function forgeBranch(world: World, entries: readonly ForeignEntry[]): () => void {
  const good = world.git('rev-parse', 'mlv')
  const changes = entries.map(({ path, content, mode = '100644' }) => {
    return `M ${mode} inline ${JSON.stringify(path)}\ndata ${Buffer.byteLength(content)}\n${content}\n`
  })
  const stream = [
    'commit refs/heads/mlv\ncommitter Mallory <m@example.com> 1795165200 +0000\ndata 7\nhostile\n',
    `from ${good}\n`,
    ...changes,
    'done\n',
  ].join('')
  const options = { cwd: world.folder, env: GIT_VARIABLES, input: stream }
  const { status, stderr } = runProgram('git', ['fast-import', '--quiet', '--done'], options)
  if (status !== 0) throw new Error(`git fast-import: ${stderr.toString()}`)
  return () => void world.git('update-ref', 'refs/heads/mlv', good)
}

/** A list of files as mlv would write it, if it would. `listed` is YAML for the path, quotes included. */
export function filesManifest(...listed: readonly string[]): string {
  const sha256 = 'c'.repeat(64)
  const files = listed.map(
    (path) => `  - path: ${path}\n    sha256: ${sha256}\n    sizeBytes: 1\n    storage: inline\n`,
  )
  return `files:\n${files.join('')}format: 1\nkind: files\n`
}

/** The first line of a command that must be refused with this exit code and must change nothing. */
export function refusedLine(world: World, exitCode: number, ...args: readonly string[]): string {
  const before = fingerprint(world)
  const outcome = world.mlv(...args)
  expect(fingerprint(world), args.join(' ')).toBe(before)
  expect(outcome.exitCode, `${args.join(' ')}: ${outcome.stderr}${outcome.stdout}`).toBe(exitCode)
  expect(outcome.stdout, args.join(' ')).toBe('')
  return (outcome.stderr.split('\n')[0] ?? '').replaceAll(`${world.folder}/`, '')
}
