/**
 * The repository that is tried, and the commands that are killed in it: real ones, as users type them.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROJECT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..')
const CONFIG = [
  'experiment: churn',
  'params: [params.yaml]',
  'metrics: [metrics.json]',
  'model: { name: churn, path: model }',
  'goals: { auc: { goal: max } }',
  '',
].join('\n')

/** Large enough to go to the artifact store and not into git. */
const MODEL_BYTES = 300_000

/** The bundled command. */
export const MLV = join(PROJECT, 'dist', 'mlv.cjs')

/** What stock git and mlv are started with: nothing of the machine's configuration, and one thread for files. */
export const VARIABLES = {
  ...Object.fromEntries(['PATH', 'TMPDIR', 'LD_LIBRARY_PATH'].map((name) => [name, process.env[name]])),
  HOME: '/nonexistent',
  LC_ALL: 'C',
  TZ: 'UTC',
  NO_COLOR: '1',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
  // With one thread the n-th call of a command is nearly the same call each time.
  UV_THREADPOOL_SIZE: '1',
}

/** Where git is, by the search path. */
export const GIT = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'git'))
  .find((path) => existsSync(path))

/** Makes the repository all tries start from: three versions, the last of them in production. */
export function makeTemplate() {
  if (!existsSync(MLV)) throw new Error(`there is no ${MLV}: run 'npm run bundle' first`)
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'mlv-faults-')))
  const folder = join(root, 'template')
  mkdirSync(folder)
  git(folder, 'init', '--quiet', '--initial-branch=main')
  git(folder, 'config', 'gc.auto', '0')
  writeFileSync(join(folder, '.gitignore'), 'params.yaml\nmetrics.json\nmodel/\nout/\n')
  writeFileSync(join(folder, 'train.py'), 'print("training")\n')
  need(mlv(folder, 'system', ['init']))
  writeFileSync(join(folder, 'mlv.yaml'), CONFIG)
  git(folder, 'add', '--all')
  git(folder, 'commit', '--quiet', '--message=Start')
  for (let version = 1; version <= 3; version += 1) {
    trainTo(folder, { path: 'model', label: `template ${version}` })
    need(mlv(folder, 'system', ['commit', '-m', `version ${version}`]))
    need(mlv(folder, 'system', ['promote', `churn@v${version}`, 'production']))
  }
  let copies = 0
  return {
    root,
    copy: () => {
      const to = join(root, `try-${(copies += 1)}`)
      cpSync(folder, to, { recursive: true })
      return to
    },
    drop: (/** @type {string} */ path) => rmSync(path, { recursive: true, force: true, maxRetries: 5 }),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  }
}

/** Writes what a training leaves: parameters, metrics, and a model nobody has stored yet. */
export function trainTo(/** @type {string} */ folder, { path, label }) {
  mkdirSync(join(folder, path), { recursive: true })
  writeFileSync(join(folder, 'params.yaml'), `label: ${JSON.stringify(label)}\n`)
  writeFileSync(join(folder, 'metrics.json'), '{"auc": 0.9}')
  writeFileSync(join(folder, path, 'weights.bin'), Buffer.alloc(MODEL_BYTES, `${label};`))
  writeFileSync(join(folder, path, 'config.json'), JSON.stringify({ label }))
}

/**
 * The arguments of a command to be killed; what it needs is written first.
 *
 * @param {string} folder
 * @param {{ readonly verb: 'commit' | 'promote' | 'rollback', readonly label: string, readonly number: number }} work
 */
export function victimArguments(folder, { verb, label, number }) {
  if (verb === 'promote') return ['promote', `churn@v${number}`, 'production', '--json']
  if (verb === 'rollback') return ['rollback', 'churn', 'production', '--to', `v${number}`, '--json']
  const path = `out/${label}`
  trainTo(folder, { path, label })
  // Uncommitted code, so that the snapshot of it is killed too.
  writeFileSync(join(folder, 'train.py'), `print(${JSON.stringify(label)})\n`)
  return ['commit', '-m', label, '--model', `churn=${path}`, '--json']
}

/** Runs mlv to its end. */
export function mlv(/** @type {string} */ folder, /** @type {string} */ engine, /** @type {readonly string[]} */ args) {
  const startMs = performance.now()
  const argv = [MLV, '--engine', engine, ...args]
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
    cwd: folder,
    env: VARIABLES,
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { args, status, stdout, stderr, elapsedMs: performance.now() - startMs }
}

/** Runs stock git and returns what it printed. @throws when it fails */
export function git(/** @type {string} */ folder, /** @type {readonly string[]} */ ...args) {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, env: VARIABLES, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args.join(' ')} ended with ${status}: ${stderr}${stdout}`)
  return stdout.trim()
}

/** Names of the runs that have a journal with something in it. */
export function journalsIn(/** @type {string} */ folder) {
  const journals = join(folder, '.git', 'mlv', 'journal')
  if (!existsSync(journals)) return []
  // An empty one was made by a command killed before it had written anything of its run.
  return readdirSync(journals).filter((name) => {
    const events = statSync(join(journals, name, 'events'), { throwIfNoEntry: false })
    return events !== undefined && events.size > 0
  })
}

function need({ args, status, stderr }) {
  if (status !== 0) throw new Error(`mlv ${args.join(' ')} ended with ${status}: ${stderr}`)
}
