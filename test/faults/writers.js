/**
 * Many processes commit runs to one repository at once, alone and beside a git that repacks, prunes and packs refs
 * without end: what was acknowledged is there, once, in one line from one root.
 *
 *     node test/faults/writers.js --processes 32 --commits 50 --engine both --beside both
 *
 * Prints one line of figures for each way, and ends with 1 when anything is lost.
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { git, makeTemplate, mlv, VARIABLES } from './harness/victim-world.js'

const WRITER = join(dirname(fileURLToPath(import.meta.url)), 'harness', 'writer.js')
const HOUSEKEEPING = [
  ['gc', '--quiet', '--prune=now'],
  ['repack', '-a', '-d', '--quiet'],
  ['pack-refs', '--all'],
]

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '32' },
    commits: { type: 'string', default: '50' },
    engine: { type: 'string', default: 'both' },
    // `quiet`: nobody else works on the repository. `git`: the housekeeping runs in a loop.
    beside: { type: 'string', default: 'both' },
  },
})
const engines = values.engine === 'both' ? ['system', 'embedded'] : [values.engine]
const besides = values.beside === 'both' ? ['quiet', 'git'] : [values.beside]

const template = makeTemplate()
let problems = 0
for (const engine of engines) for (const beside of besides) problems += await tryWriters(engine, beside)
if (problems === 0) template.remove()
process.exitCode = problems === 0 ? 0 : 1

async function tryWriters(engine, beside) {
  const folder = template.copy()
  writeFileSync(join(folder, 'mlv.yaml'), 'experiment: writers\n')
  git(folder, 'commit', '--quiet', '--all', '--message=Record runs only')
  const before = git(folder, 'rev-parse', 'mlv')
  const housekeeping = beside === 'git' ? keepHouse(folder) : undefined
  const startMs = performance.now()
  const processes = Number(values.processes)
  const writers = Array.from({ length: processes }, (_, index) => write(folder, engine, `w${index}`))
  const ended = await Promise.all(writers)
  const seconds = (performance.now() - startMs) / 1000
  const rounds = await housekeeping?.stop()
  const found = lookAt(folder, { before, engine, ended, expected: processes * Number(values.commits) })
  const lines = ended.flatMap((each) => each.lines)
  const figures = [
    `${engine}, ${beside}: ${processes} processes x ${values.commits}`,
    `${lines.length} acknowledged, ${found.reachable} reachable, ${found.lost} lost, ${found.roots} root`,
    `${seconds.toFixed(1)} s, ${(lines.length / seconds).toFixed(0)} a second`,
    ...(rounds === undefined ? [] : [`beside ${rounds} rounds of git`]),
    `${found.problems.length} problems`,
  ]
  console.log(figures.join('; '))
  for (const problem of found.problems) console.log(`problem in ${folder}: ${problem}`)
  return found.problems.length
}

function write(folder, engine, name) {
  const child = spawn(process.execPath, [WRITER, folder, engine, name, values.commits], { cwd: folder, env: VARIABLES })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => void (stdout += chunk))
  child.stderr.on('data', (chunk) => void (stderr += chunk))
  return new Promise((resolve) => {
    child.once('close', (status) => resolve({ status, stderr, lines: stdout.split('\n').slice(0, -1) }))
  })
}

/** One git after the other, as a person or a scheduled job would run them, until told to stop. */
function keepHouse(folder) {
  let [going, rounds] = [true, 0]
  const loop = (async () => {
    while (going) {
      for (const args of HOUSEKEEPING) await quietly(folder, args)
      rounds += 1
    }
  })()
  return {
    stop: async () => {
      going = false
      await loop
      return rounds
    },
  }
}

/** Housekeeping may be refused while another holds what it needs; then it is done the next time. */
function quietly(folder, args) {
  return new Promise((resolve) => {
    spawn('git', args, { cwd: folder, env: VARIABLES, stdio: 'ignore' }).once('close', resolve)
  })
}

function lookAt(folder, { before, engine, ended, expected }) {
  const lines = ended.flatMap((each) => each.lines)
  const line = git(folder, 'rev-list', '--first-parent', `${before}..mlv`).split('\n')
  const reachable = new Set(line)
  const recorded = new Set(git(folder, 'log', '--format=%(trailers:key=Mlv-Run,valueonly)', 'mlv').split(/\s+/))
  const lost = lines.filter((each) => {
    const [commit, run] = each.split(' ')
    return !reachable.has(commit) || !recorded.has(run)
  })
  const all = Number(git(folder, 'rev-list', '--count', `${before}..mlv`))
  const roots = Number(git(folder, 'rev-list', '--max-parents=0', '--count', 'mlv'))
  const checked = git(folder, 'fsck', '--full', '--strict', '--no-dangling', '--no-progress')
  const own = mlv(folder, engine, ['fsck'])
  const problems = [
    ...ended
      .filter(({ status }) => status !== 0)
      .map(({ status, stderr }) => `a writer ended with ${status}: ${stderr}`),
    ...(lines.length === expected ? [] : [`${expected} commits were wanted, ${lines.length} acknowledged`]),
    ...(line.length === lines.length && all === line.length ? [] : [`${line.length} in line, ${all} in all`]),
    ...(lost.length === 0 ? [] : [`${lost.length} acknowledged are lost, first ${lost[0]}`]),
    ...(roots === 1 ? [] : [`${roots} roots`]),
    ...(checked === '' ? [] : [`git fsck says: ${checked}`]),
    ...(own.status === 0 ? [] : [`mlv fsck ended with ${own.status}: ${own.stdout}${own.stderr}`]),
  ]
  return { problems, reachable: line.length, lost: lost.length, roots }
}
