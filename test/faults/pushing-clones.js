/**
 * Many clones record runs and push at the same moment to one repository: all of it arrives, nothing is forced, and what
 * a clone recorded goes in one push.
 *
 *     node test/faults/pushing-clones.js --clones 32 --runs 3 --over both
 *
 * Prints one line of figures for each way, and ends with 1 when anything is lost. Over http it needs the server of
 * `test/servers/git-http.sh`, and says so where there is none.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { loadTypeScript } from './harness/load-typescript.js'
import { git, MLV, mlv, VARIABLES } from './harness/victim-world.js'

const WRITER = join(dirname(fileURLToPath(import.meta.url)), 'harness', 'writer.js')
/** So many clones record at once; they push all together. */
const RECORDING = 4

const { values } = parseArgs({
  options: {
    clones: { type: 'string', default: '32' },
    // Runs that each of them records before it pushes.
    runs: { type: 'string', default: '3' },
    // `folder`: the bare repository by its path. `http`: the same behind nginx and a password.
    over: { type: 'string', default: 'both' },
  },
})
const [clones, runs] = [Number(values.clones), Number(values.runs)]
// So that the servers end too.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
let problems = 0
for (const over of values.over === 'both' ? ['folder', 'http'] : [values.over]) problems += await tryPushes(over)
process.exitCode = problems === 0 ? 0 : 1

async function tryPushes(over) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'mlv-clones-')))
  const remote = makeRemote(root)
  const served = over === 'http' ? await serve(root) : { url: remote.bare, stop: () => undefined }
  if (served === undefined) {
    console.log('http: no git-http server is installed (test/servers/install.sh), skipped')
    rmSync(root, { recursive: true, force: true })
    return 0
  }
  const folders = Array.from({ length: clones }, (_, index) => cloneFrom(root, remote.bare, served.url, index))
  const recorded = await recordAll(folders)
  const startMs = performance.now()
  const pushes = await Promise.all(folders.map(push))
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1)
  await served.stop()
  const found = lookAt(remote, { pushes, recorded })
  const tries = pushes.map(({ report }) => report?.tries ?? 0)
  const figures = [
    `${over}: ${clones} clones x ${runs} runs pushed at once`,
    `${recorded.length} recorded, ${found.arrived} arrived`,
    `${found.moves} moves of the branch, ${found.forced} forced`,
    `${seconds} s, ${sum(tries)} tries, ${Math.max(...tries)} at most`,
    `${found.problems.length} problems`,
  ]
  console.log(figures.join('; '))
  for (const problem of found.problems) console.log(`problem in ${root}: ${problem}`)
  if (found.problems.length === 0) rmSync(root, { recursive: true, force: true, maxRetries: 5 })
  return found.problems.length
}

/** A bare repository that takes whatever is forced, and writes down every move of the branch. */
function makeRemote(root) {
  const [bare, seed, log] = [join(root, 'team.git'), join(root, 'seed'), join(root, 'moves')]
  git('/', 'init', '--quiet', '--bare', '--initial-branch=main', bare)
  git(bare, 'config', 'gc.auto', '0')
  git('/', 'init', '--quiet', '--initial-branch=main', seed)
  writeFileSync(join(seed, 'train.py'), 'print("training")\n')
  writeFileSync(join(seed, 'mlv.yaml'), 'experiment: clones\n')
  git(seed, 'add', '--all')
  git(seed, 'commit', '--quiet', '--message=Start')
  git(seed, 'remote', 'add', 'origin', bare)
  git(seed, 'push', '--quiet', 'origin', 'main')
  need(mlv(seed, 'system', ['init']))
  need(mlv(seed, 'system', ['push']))
  const hook = `#!/bin/sh\nwhile read old new ref; do [ "$ref" != refs/heads/mlv ] || echo "$old $new" >>'${log}'; done\n`
  writeFileSync(join(bare, 'hooks', 'post-receive'), hook, { mode: 0o755 })
  return { bare, log, before: git(bare, 'rev-parse', 'mlv') }
}

/** Starts the server that the tests use, and a helper that knows its password. */
async function serve(root) {
  const { GIT_USER, hasServer, startServer } = await loadTypeScript('test/support/servers.ts')
  if (!hasServer('git-http', 'pushing-clones.js')) return undefined
  const server = await startServer('git-http', { root })
  const helper = `!f() { echo username=${GIT_USER.username}; echo password=${GIT_USER.password}; }; f`
  Object.assign(VARIABLES, {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'credential.helper',
    GIT_CONFIG_VALUE_0: helper,
  })
  return { url: `${server.origin}/team.git`, stop: server.close }
}

function cloneFrom(root, bare, url, index) {
  const folder = join(root, `clone-${index}`)
  git('/', 'clone', '--quiet', bare, folder)
  git(folder, 'remote', 'set-url', 'origin', url)
  return folder
}

async function recordAll(folders) {
  const waiting = folders.map((folder, index) => ({ folder, name: `c${index}` }))
  const acknowledged = []
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { folder, name } = next
      const { status, stdout, stderr } = await run(folder, [WRITER, folder, 'system', name, String(runs)])
      if (status !== 0) throw new Error(`a writer ended with ${status}: ${stderr}`)
      acknowledged.push(...stdout.trim().split('\n'))
    }
  }
  await Promise.all(Array.from({ length: RECORDING }, worker))
  return acknowledged.map((line) => line.split(' ')[1])
}

async function push(folder) {
  const { status, stdout, stderr } = await run(folder, [MLV, 'push', '--json'])
  return { status, stderr, report: status === 0 ? JSON.parse(stdout) : undefined }
}

function run(folder, argv) {
  const child = spawn(process.execPath, argv, { cwd: folder, env: VARIABLES, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => void (stdout += chunk))
  child.stderr.on('data', (chunk) => void (stderr += chunk))
  return new Promise((done) => child.once('close', (status) => done({ status, stdout, stderr })))
}

function lookAt({ bare, log, before }, { pushes, recorded }) {
  const arrived = git(bare, 'log', '--format=%(trailers:key=Mlv-Run,valueonly)', `${before}..mlv`).split(/\s+/)
  const there = new Set(arrived)
  const lost = recorded.filter((id) => !there.has(id))
  const moves = readFileSync(log, 'utf8').trim().split('\n')
  const forced = moves.filter((move) => {
    const [from = '', to = ''] = move.split(' ')
    return git(bare, 'rev-list', '--count', `${to}..${from}`) !== '0'
  })
  const twice = arrived.filter((id) => id !== '').length - there.size + (there.has('') ? 1 : 0)
  const checked = git(bare, 'fsck', '--full', '--strict', '--no-dangling', '--no-progress')
  const merges = git(bare, 'rev-list', '--min-parents=2', '--count', 'mlv')
  const failed = pushes.filter(({ status }) => status !== 0)
  const problems = [
    ...failed.map(({ status, stderr }) => `a push ended with ${status}: ${stderr}`),
    ...(recorded.length === clones * runs ? [] : [`${clones * runs} runs were wanted, ${recorded.length} recorded`]),
    ...(lost.length === 0 ? [] : [`${lost.length} runs are lost, first ${lost[0]}`]),
    ...(twice === 0 ? [] : [`${twice} runs are there twice`]),
    ...(forced.length === 0 ? [] : [`${forced.length} moves were forced, first ${forced[0]}`]),
    ...(moves.length === clones
      ? []
      : [`${clones} moves of the branch were wanted, one a clone; ${moves.length} came`]),
    ...(merges === '0' ? [] : [`${merges} merges`]),
    ...(checked === '' ? [] : [`git fsck says: ${checked}`]),
  ]
  return { problems, arrived: recorded.length - lost.length, moves: moves.length, forced: forced.length }
}

function need({ args, status, stderr }) {
  if (status !== 0) throw new Error(`mlv ${args.join(' ')} ended with ${status}: ${stderr}`)
}

function sum(numbers) {
  return numbers.reduce((total, each) => total + each, 0)
}
