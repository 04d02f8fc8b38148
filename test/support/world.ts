/**
 * A world for transcripts: a real repository in a temporary folder, and the real command as a user starts it.
 *
 * What differs from run to run (ids, times, folders) is replaced by a name in order of appearance, so that a transcript
 * reads the same every time and two ids that should be equal still are.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GIT_VARIABLES, makeRepository } from './repository.ts'
import type { TestRepository } from './repository.ts'

/** How a command ended and what it printed. */
export interface Outcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** A repository with a user in front of it. */
export interface World {
  /** The worktree. */
  readonly folder: string
  readonly repository: TestRepository
  /** Runs `mlv` with these arguments. */
  readonly mlv: (...args: readonly string[]) => Outcome
  /** Runs `mlv` and returns its transcript: the command line, what it printed, and the exit code when it is not 0. */
  readonly say: (...args: readonly string[]) => string
  /** Runs `mlv ... --json` and parses standard output. Fails when the command does. */
  readonly json: (...args: readonly string[]) => unknown
  /** Starts `mlv` beside others. */
  readonly start: (...args: readonly string[]) => Promise<Outcome>
  /** Writes a file below the worktree; its folders are made. */
  readonly write: (path: string, content: string | Uint8Array) => void
  readonly read: (path: string) => string
  readonly git: (...args: readonly string[]) => string
}

/** The bundled command, as installed. */
export const MLV = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', 'dist', 'mlv.cjs')

/** Variables the command runs with: those of stock git in tests, and no colour. */
export const WORLD_VARIABLES: NodeJS.ProcessEnv = { ...GIT_VARIABLES, NO_COLOR: '1', MLV_WIDTH: '100' }

/** Makes a repository with one commit on `main`. */
export function makeWorld(options: { readonly variables?: NodeJS.ProcessEnv } = {}): World {
  const repository = makeRepository()
  const folder = repository.place.worktree ?? repository.place.gitDir
  const env = { ...WORLD_VARIABLES, ...options.variables }
  writeFileSync(join(folder, 'train.py'), 'print("training")\n')
  repository.git('add', '.')
  repository.git('commit', '--quiet', '--message=Start')
  const mlv = (...args: readonly string[]): Outcome => run(folder, env, args)
  return {
    folder,
    repository,
    mlv,
    say: (...args) => transcript(folder, args, mlv(...args)),
    json: (...args) => parsed(args, mlv(...args, '--json')),
    start: (...args) => start(folder, env, args),
    write: (path, content) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), content)
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    git: repository.git,
  }
}

/** Makes a world where mlv is set up and a model `churn` was configured. */
export function makeChurnWorld(): World {
  const world = makeWorld()
  world.mlv('init')
  world.write(
    'mlv.yaml',
    [
      'experiment: churn',
      'params: [params.yaml]',
      'metrics: [metrics.json]',
      'model: { name: churn, path: model }',
      'goals:',
      '  auc: { goal: max, tolerance: 0.001 }',
      '  loss: { goal: min }',
      '',
    ].join('\n'),
  )
  world.write('.gitignore', 'params.yaml\nmetrics.json\nmodel/\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Configure mlv')
  return world
}

/** Writes what a training leaves: parameters, metrics and a model file of one kilobyte per unit of size. */
export function train(world: World, facts: { readonly lr: number; readonly auc: number; readonly loss: number }): void {
  world.write('params.yaml', `lr: ${facts.lr}\nseed: 9223372036854775807\n`)
  world.write('metrics.json', JSON.stringify({ auc: facts.auc, loss: facts.loss }))
  world.write('model/weights.bin', Buffer.alloc(40_000, `lr=${facts.lr};`))
  world.write('model/config.json', JSON.stringify({ lr: facts.lr }))
}

/** Everything of a repository that a refused command must leave as it was: refs, index, worktree, branch content. */
export function fingerprint(world: World): string {
  return [
    world.git('for-each-ref', '--format=%(refname) %(objectname)'),
    world.git('ls-files', '--stage'),
    world.git('status', '--porcelain', '--ignored'),
    world.git('symbolic-ref', '--quiet', 'HEAD'),
  ].join('\n---\n')
}

/** Replaces what differs from run to run by names in order of appearance. */
export function scrub(text: string, folder: string): string {
  const names = new Map<string, string>()
  const named = (kind: string) => (found: string) => {
    const known = names.get(found)
    if (known !== undefined) return known
    const count = [...names.values()].filter((name) => name.startsWith(`<${kind}`)).length
    const name = `<${kind}${count + 1}>`
    names.set(found, name)
    return name
  }
  return (
    text
      .replaceAll(folder, '<folder>')
      .replace(/\b01[0-9a-hjkmnp-tv-z]{24}\b/g, named('id'))
      .replace(/\b01[0-9a-hjkmnp-tv-z]{10}\b/g, named('id'))
      .replace(/\b[0-9a-f]{64}\b/g, named('sha256 '))
      .replace(/\b[0-9a-f]{40}\b/g, named('commit'))
      // One abbreviation in a hundred has no letter: it is known by the word before it.
      .replace(
        /\b(?:(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,12}|(?<=\b(?:at|code|commit|in) )\d{10})\b/g,
        named('commit'),
      )
      .replace(/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?/g, '<time>')
  )
}

function run(folder: string, env: NodeJS.ProcessEnv, args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MLV, ...args], { cwd: folder, env, encoding: 'utf8' })
  return { exitCode: status ?? -1, stdout, stderr }
}

function start(folder: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [MLV, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  return new Promise((done) => child.on('close', (exitCode) => done({ exitCode: exitCode ?? -1, stdout, stderr })))
}

function transcript(folder: string, args: readonly string[], outcome: Outcome): string {
  const typed = ['$ mlv', ...args.map((arg) => (/^[\w@./~=:*-]+$/.test(arg) ? arg : `'${arg}'`))].join(' ')
  const told = scrub(`${typed}\n${outcome.stdout}${outcome.stderr}`, folder)
  return `${told}${outcome.exitCode === 0 ? '' : `[exit ${outcome.exitCode}]\n`}`
}

function parsed(args: readonly string[], outcome: Outcome): unknown {
  if (outcome.exitCode !== 0) throw new Error(`mlv ${args.join(' ')} failed: ${outcome.stderr}`)
  return JSON.parse(outcome.stdout) as unknown
}
