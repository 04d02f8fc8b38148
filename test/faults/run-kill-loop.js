/**
 * Tries to lose a point: kills `mlv run`, its command, or both, at random moments, and looks after each at what must
 * hold: every acknowledged point is read back, the run is sealed once, a command that lives keeps its run live, and a
 * second recovery finds nothing to do.
 *
 *     node test/faults/run-kill-loop.js --kills 500 --seed 20261121
 *
 * Prints the seed, every problem with what was killed, and one line of figures. Ends with 1 when there is a problem.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { randomNumbers } from '../bench/harness/random.js'
import { MLV, VARIABLES } from './harness/victim-world.js'

const VICTIM = join(dirname(fileURLToPath(import.meta.url)), 'harness', 'run-victim.js')
const TARGETS = ['wrapper', 'command', 'both']
const POINTS = 60
/** Part of the kills that come before the command usually runs. */
const EARLY = 0.3
const PATIENCE_MS = 20_000

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const random = randomNumbers(Number(values.seed))
const figures = { kills: 0, points: 0, recovered: 0, live: 0, early: 0, whole: 0, problems: 0 }
const folder = makeRepository()

console.log(`seed ${values.seed}`)
const usual = await usualTimes()
for (let round = 0; figures.kills < Number(values.kills); round += 1) await killOnce(round)
const fsck = git('fsck', '--full', '--strict')
if (fsck.status !== 0) tell('at the end', `git fsck: ${fsck.stderr}`)
if (figures.problems === 0) rmSync(folder, { recursive: true, force: true })
else console.log(`left in ${folder}`)
console.log(
  `${figures.kills} kills: ${figures.early} before the command ran, ${figures.live} left it alive, ` +
    `${figures.whole} too late to matter; ${figures.recovered} runs recovered, ${figures.points} acknowledged points ` +
    `read back; ${figures.problems} problems`,
)
process.exitCode = figures.problems === 0 ? 0 : 1

/** How long it takes until the command runs, and from then until the run is sealed. */
async function usualTimes() {
  const since = performance.now()
  const acknowledgements = join(folder, '..', 'first')
  const run = startRun(acknowledgements)
  await commandRuns(run, acknowledgements)
  const beforeMs = performance.now() - since
  await run.ended
  return { beforeMs, afterMs: performance.now() - since - beforeMs }
}

async function commandRuns(run, acknowledgements) {
  let isEnded = false
  void run.ended.then(() => (isEnded = true))
  while (!isEnded && acknowledged(acknowledgements) === undefined) await passed(5)
}

/** One run, one kill, one look. */
async function killOnce(round) {
  const target = TARGETS[Math.floor(random() * TARGETS.length)]
  const isEarly = random() < EARLY
  const afterMs = (isEarly ? usual.beforeMs : usual.afterMs) * random()
  const what = `round ${round}: ${target} killed ${Math.round(afterMs)} ms after its ${isEarly ? 'start' : 'command'}`
  const acknowledgements = join(folder, '..', `acknowledged-${round}`)
  const run = startRun(acknowledgements)
  if (!isEarly) await commandRuns(run, acknowledgements)
  await Promise.race([passed(afterMs), run.ended])
  const command = acknowledged(acknowledgements)
  figures.kills += 1
  if (target !== 'command') run.kill()
  if (target !== 'wrapper' && command !== undefined) kill(command.processId, 'SIGKILL')
  // A command that was not killed lives on; a wrapper that was not, seals.
  if (target === 'command' && command === undefined) run.kill()
  const isEnded = await endedInTime(run)
  if (!isEnded) tell(what, 'the wrapper did not end')
  if (target === 'wrapper' && command !== undefined) lookAtLiving(what, acknowledged(acknowledgements))
  await untilNothingLives(what, acknowledgements)
  judge(what, acknowledged(acknowledgements))
}

/** While the command lives, nobody may seal its run. It is stopped for the look, so that it cannot end meanwhile. */
function lookAtLiving(what, { id, processId }) {
  if (!kill(processId, 'SIGSTOP') || !isJournaled(id) || !isAlive(processId)) return
  figures.live += 1
  const { skippedLive } = recover(what)
  if (!skippedLive.includes(id)) tell(what, `run ${id} was not left alone while its command lived`)
}

/** The command may have come up after the look that decided the kill. */
function endCommand(acknowledgements) {
  const command = acknowledged(acknowledgements)
  if (command === undefined) return
  kill(command.processId, 'SIGKILL')
  kill(command.processId, 'SIGCONT')
  const since = performance.now()
  while (isAlive(command.processId) && performance.now() - since < PATIENCE_MS) spawnSync('sleep', ['0.01'])
}

/** A command that was let run just before its wrapper was killed comes up after it; it is killed then. */
async function untilNothingLives(what, acknowledgements) {
  const since = performance.now()
  for (;;) {
    endCommand(acknowledgements)
    if (!isAnythingJournaled()) return
    const { skippedLive, sealed } = recover(what)
    figures.recovered += sealed.filter(({ alreadyRecorded }) => !alreadyRecorded).length
    if (skippedLive.length === 0) return
    if (performance.now() - since > PATIENCE_MS) {
      tell(what, `still live: ${skippedLive.join(', ')}`)
      return
    }
    await passed(20)
  }
}

function judge(what, command) {
  const second = recover(what)
  if (second.sealed.length + second.skippedLive.length > 0) tell(what, 'a second recovery had something to do')
  if (isAnythingJournaled()) tell(what, 'a journal is left')
  if (command === undefined) {
    figures.early += 1
    return
  }
  const shown = mlv('show', command.id, '--json')
  if (shown.status !== 0) {
    tell(what, `run ${command.id} is not on the branch: ${shown.stderr}`)
    return
  }
  judgeRun(what, command, JSON.parse(shown.stdout).run)
  const commits = git('log', '--format=%(trailers:key=Mlv-Run,valueonly)', 'mlv').stdout.split(command.id).length - 1
  if (commits !== 1) tell(what, `run ${command.id} was sealed ${commits} times`)
}

function judgeRun(what, { points }, run) {
  const loss = run.metrics.loss
  const found = loss?.count ?? 0
  if (found < points) tell(what, `${points} points were acknowledged and ${found} are on the branch`)
  if (found > 0 && (loss.last !== found - 1 || (loss.min ?? loss.last) !== 0)) tell(what, 'points changed')
  if (run.status === 'finished') figures.whole += 1
  else if (run.status !== 'killed') tell(what, `the run is recorded as ${run.status}`)
  if (run.status === 'finished' && found !== POINTS) tell(what, `finished with ${found} points`)
  figures.points += points
}

function startRun(acknowledgements) {
  const child = spawn(
    process.execPath,
    [MLV, 'run', '--', process.execPath, VICTIM, acknowledgements, String(POINTS)],
    { cwd: folder, env: VARIABLES, stdio: ['ignore', 'ignore', 'ignore'] },
  )
  const ended = new Promise((done) => child.once('close', done))
  return { ended, kill: () => child.kill('SIGKILL') }
}

/** What the command has acknowledged; `undefined` before it ran. A line without its end is no acknowledgement. */
function acknowledged(path) {
  if (!existsSync(path)) return undefined
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  const [head] = lines
  if (head === undefined) return undefined
  const [id, processId] = head.split(' ')
  return { id, processId: Number(processId), points: lines.length - 1 }
}

function recover(what) {
  const { status, stdout, stderr } = mlv('commit', '--recover', '--json')
  if (status === 0) return JSON.parse(stdout)
  tell(what, `recovery failed: ${stderr}`)
  return { sealed: [], skippedLive: [] }
}

function isAnythingJournaled() {
  const journals = join(folder, '.git/mlv/journal')
  return existsSync(journals) && readdirSync(journals).some((id) => isJournaled(id))
}

function isJournaled(id) {
  return existsSync(join(folder, '.git/mlv/journal', id, 'events'))
}

function isAlive(processId) {
  try {
    // A zombie has ended; it only waits for the machine's first process to notice.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${processId}/stat`, 'latin1'))
  } catch {
    return false
  }
}

function kill(processId, signal) {
  try {
    return process.kill(processId, signal)
  } catch {
    return false
  }
}

/** The timer is let go of: it would keep this program waiting long after the last look. */
async function endedInTime(run) {
  let timer
  const late = new Promise((done) => (timer = setTimeout(() => done(false), PATIENCE_MS)))
  const isEnded = await Promise.race([run.ended.then(() => true), late])
  clearTimeout(timer)
  return isEnded
}

function passed(ms) {
  return new Promise((done) => setTimeout(done, ms))
}

function tell(what, problem) {
  figures.problems += 1
  console.log(`${what}: ${problem}`)
}

function mlv(...args) {
  return spawnSync(process.execPath, [MLV, ...args], { cwd: folder, env: VARIABLES, encoding: 'utf8' })
}

function git(...args) {
  return spawnSync('git', args, { cwd: folder, env: VARIABLES, encoding: 'utf8' })
}

function makeRepository() {
  const root = join(realpathSync(mkdtempSync(join(tmpdir(), 'mlv-run-kill-'))), 'repository')
  spawnSync('git', ['init', '--quiet', root], { env: VARIABLES })
  writeFileSync(join(root, 'train.py'), 'print("training")\n')
  const at = { cwd: root, env: VARIABLES }
  spawnSync('git', ['add', '.'], at)
  spawnSync('git', ['commit', '--quiet', '--message=Start'], at)
  spawnSync(process.execPath, [MLV, 'init'], at)
  return root
}
