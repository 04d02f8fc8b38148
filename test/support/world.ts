/**
 * A world for transcripts: a real repository in a temporary folder, and the real command as a user starts it.
 *
 * What differs from run to run (ids, times, folders) is replaced by a name in order of appearance, so that a transcript
 * reads the same every time and two ids that should be equal still are.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from './programs.ts'
import { GIT_VARIABLES, repositoryAt, startRepository, temporaryFolder } from './repository.ts'
import type { TestRepository } from './repository.ts'
import { fillFolder } from './templates.ts'

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

/** What a world is told besides its content. */
export interface WorldOptions {
  /** Variables of the user, over the usual ones. */
  readonly variables?: NodeJS.ProcessEnv
}

/** Makes a repository with one commit on `main`. */
export function makeWorld(options: WorldOptions = {}): World {
  return makeWorldAfter('nothing', () => undefined, options)
}

/** Makes a world where mlv is set up. */
export function makeReadyWorld(options: WorldOptions = {}): World {
  return makeWorldAfter('init', (world) => void world.mlv('init'), options)
}

/** Makes a world where mlv is set up and a model `churn` was configured. */
export function makeChurnWorld(): World {
  return makeWorldAfter('churn', configureChurn)
}

/** Makes a world where one version of `churn` was recorded, with this message. */
export function makeTrainedWorld(message: string): World {
  return makeWorldAfter(`trained ${message}`, (world) => {
    configureChurn(world)
    train(world, { lr: 0.1, auc: 0.91, loss: 0.4 })
    world.mlv('commit', '-m', message)
  })
}

/**
 * Makes a world where all of `begin` has happened. It happens once for each name, and is copied: the path of the world
 * may be in nothing that it leaves.
 */
export function makeWorldAfter(name: string, begin: (world: World) => void, options: WorldOptions = {}): World {
  const folder = temporaryFolder()
  fillFolder(folder, `world after ${name}`, (first) => begin(startWorld(first)))
  return worldAt(folder, options)
}

/** The user in front of a repository that is in a folder. */
export function worldAt(folder: string, options: WorldOptions = {}): World {
  const repository = repositoryAt(folder)
  const env = { ...WORLD_VARIABLES, ...options.variables }
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

/** Starts a world in an empty folder: a repository with one commit on `main`. */
export function startWorld(folder: string): World {
  startRepository(folder)
  const world = worldAt(folder)
  world.write('train.py', 'print("training")\n')
  commitAll(world, 'Start')
  return world
}

function configureChurn(world: World): void {
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
  commitAll(world, 'Configure mlv')
}

function commitAll({ git }: World, message: string): void {
  git('add', '.')
  git('commit', '--quiet', `--message=${message}`)
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
      // One abbreviation in thirty has no letter: it is known by the word before it.
      .replace(
        /\b(?:(?=[0-9a-f]*[0-9])(?=[0-9a-f]*[a-f])[0-9a-f]{7,12}|(?<=\b(?:at|code|commit|in) )[0-9a-f]{7,12})\b/g,
        named('commit'),
      )
      .replace(/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?/g, '<time>')
  )
}

function run(folder: string, env: NodeJS.ProcessEnv, args: readonly string[]): Outcome {
  const { status, stdout, stderr } = runProgram(process.execPath, [MLV, ...args], { cwd: folder, env })
  return { exitCode: status ?? -1, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') }
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
