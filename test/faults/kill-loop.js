/**
 * Tries to lose a record: kills `mlv commit`, `promote` and `rollback` at random moments and at every system call that
 * changes the repository, fails each such call too, and looks after each at what must hold.
 *
 *     node test/faults/kill-loop.js --kills 2000 --seed 20261121 --engine both --mode both
 *
 * Prints the seed, every problem with what was killed, and one line of figures. Ends with 1 when there is a problem.
 */
import { parseArgs } from 'node:util'
import { randomNumbers } from '../bench/harness/random.js'
import { followRepository } from './harness/judge.js'
import { findSites, hasStrace, injectedAt, makeGitWrapper, underStrace } from './harness/sites.js'
import { makeTemplate, victimArguments } from './harness/victim-world.js'
import { startVictim } from './harness/victims.js'

const ERRORS = ['EIO', 'ENOSPC', 'EROFS', 'EMFILE']
const VERBS = ['commit', 'commit', 'promote', 'rollback']
/** A repository is left for a fresh one after so many rounds, so that looking at it stays cheap. */
const ROUNDS_OF_A_REPOSITORY = 20
const VICTIMS_AT_ONCE = 5

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    engine: { type: 'string', default: 'both' },
    mode: { type: 'string', default: 'both' },
    // Of the places where a call can be killed, only every so many-th: the short form.
    every: { type: 'string', default: '1' },
    // How often every record is read as well, in rounds.
    thorough: { type: 'string', default: '1' },
  },
})
const engines = values.engine === 'both' ? ['system', 'embedded'] : [values.engine]
const modes = values.mode === 'both' ? ['random', 'syscalls'] : [values.mode]
const random = randomNumbers(Number(values.seed))
const figures = {
  kills: 0,
  faults: 0,
  acknowledged: 0,
  recovered: 0,
  sites: new Set(),
  recoveries: /** @type {number[]} */ ([]),
  problems: 0,
  rounds: 0,
}

console.log(`seed ${values.seed}`)
const template = makeTemplate()
try {
  for (const engine of engines) {
    if (modes.includes('random')) await killAtRandom(engine, Math.ceil(Number(values.kills) / engines.length))
    if (modes.includes('syscalls')) await killAtCalls(engine)
  }
} finally {
  if (figures.problems === 0) template.remove()
}
console.log(figuresLine())
process.exitCode = figures.problems === 0 ? 0 : 1

/** Some commands at once, each killed at another moment; then one look. */
async function killAtRandom(engine, wanted) {
  const usualMs = await usualTime(engine)
  const rounds = repositories(engine)
  const goal = figures.kills + wanted
  while (figures.kills < goal) {
    const { folder, finish } = rounds.next()
    const count = 1 + Math.floor(random() * VICTIMS_AT_ONCE)
    const plans = Array.from({ length: count }, (_, index) => randomPlan(folder, index, usualMs * (1 + index / 2)))
    const ended = await Promise.all(plans.map((plan) => killLater(folder, engine, plan)))
    figures.kills += ended.filter(({ signal }) => signal === 'SIGKILL').length
    finish(ended, plans.map(({ args, afterMs }) => `${args[0]} killed after ${Math.round(afterMs)} ms`).join(', '))
  }
}

function randomPlan(folder, index, spanMs) {
  const verb = VERBS[Math.floor(random() * VERBS.length)]
  const label = `r${figures.rounds}-${index}`
  const args = victimArguments(folder, { verb, label, number: 1 + Math.floor(random() * 3) })
  return { args, afterMs: spanMs * (0.2 + random() * 0.9), target: random() < 0.75 ? 'group' : 'alone' }
}

async function killLater(folder, engine, { args, afterMs, target }) {
  const victim = startVictim(folder, { engine, args })
  const timer = setTimeout(() => victim.kill(target), afterMs)
  const ended = await victim.ended
  clearTimeout(timer)
  return ended
}

/** How long a command takes that nobody kills. */
async function usualTime(engine) {
  const folder = template.copy()
  let usualMs = Infinity
  for (let tries = 0; tries < 3; tries += 1) {
    const args = victimArguments(folder, { verb: 'commit', label: `usual-${tries}`, number: 1 })
    const startMs = performance.now()
    await startVictim(folder, { engine, args }).ended
    usualMs = Math.min(usualMs, performance.now() - startMs)
  }
  template.drop(folder)
  return usualMs
}

/** Each call that changes the repository: killed there, and made to fail there. */
async function killAtCalls(engine) {
  if (!hasStrace()) {
    console.log('skipped: no strace here, so no call can be killed or failed by its number')
    return
  }
  const place = { root: template.root, gitFolder: makeGitWrapper(template.root) }
  for (const verb of ['commit', 'promote', 'rollback']) {
    const folder = template.copy()
    const args = victimArguments(folder, { verb, label: 'sites', number: 2 })
    const sites = findSites(place, folder, { engine, args })
    template.drop(folder)
    const chosen = sites.filter((_, index) => (index + Number(values.seed)) % Number(values.every) === 0)
    await tryCalls({ engine, verb, place }, chosen)
  }
}

async function tryCalls({ engine, verb, place }, sites) {
  const rounds = repositories(engine)
  for (const [index, { target, call, number }] of sites.entries()) {
    const error = ERRORS[(index + Number(values.seed)) % ERRORS.length]
    for (const how of ['signal=SIGKILL', `error=${error}`]) {
      const { folder, finish } = rounds.next()
      const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:${how}:when=${number}`]
      const { log, wrap, variables } = underStrace(place, target, inject)
      const label = `c${figures.rounds}`
      const args = victimArguments(folder, { verb, label, number: 1 + (figures.rounds % 3) })
      const victim = startVictim(folder, { engine, args, wrap, variables })
      const ended = await victim.ended
      // Half of the time git outlives mlv and ends by itself.
      if (index % 2 === 0) victim.kill('group')
      const site = injectedAt(log, target, folder)
      if (site !== undefined) count(how, `${engine} ${verb} ${site}`)
      finish([ended], `${engine} ${verb}: ${target} ${call} ${number} ${how} (${site ?? 'never came'})`)
    }
  }
}

function count(how, site) {
  if (how.startsWith('signal')) figures.kills += 1
  else figures.faults += 1
  figures.sites.add(site)
}

/** Gives a repository for each round, and judges it when the round is over. */
function repositories(engine) {
  let folder = template.copy()
  let following = followRepository(folder, engine)
  let rounds = 0
  return {
    next: () => {
      if (rounds === ROUNDS_OF_A_REPOSITORY) {
        template.drop(folder)
        folder = template.copy()
        following = followRepository(folder, engine)
        rounds = 0
      }
      rounds += 1
      figures.rounds += 1
      return { folder, finish: (ended, what) => finishRound(following, folder, { ended, what, engine }) }
    },
  }
}

function finishRound(following, folder, { ended, what, engine }) {
  const promised = ended.map((each) => each.promised).filter((each) => each.run ?? each.commit)
  const thorough = figures.rounds % Number(values.thorough) === 0
  const { problems, recoveryMs, recovered } = following.judge(promised, { thorough })
  figures.acknowledged += promised.length
  figures.recovered += recovered
  figures.recoveries.push(recoveryMs)
  const bugs = ended.filter(({ stderr }) => stderr.includes('(bug)')).map(({ stderr }) => `a bug: ${stderr}`)
  const hung = ended.filter((each) => each.hung).map(() => 'it hung')
  for (const problem of [...problems, ...bugs, ...hung]) {
    figures.problems += 1
    console.log(`problem in ${folder}, ${engine}, round ${figures.rounds}, ${what}: ${problem}`)
  }
  if (figures.rounds % 100 === 0) console.log(`... ${figuresLine()}`)
}

function figuresLine() {
  const sorted = [...figures.recoveries].sort((left, right) => left - right)
  const at = (/** @type {number} */ part) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)
  return [
    `${figures.kills} kills, ${figures.faults} failed calls at ${figures.sites.size} kinds of places`,
    `${figures.rounds} recoveries, ${figures.acknowledged} acknowledged and reachable`,
    `${figures.recovered} sealed from journals, ${figures.problems} problems`,
    `next commit p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`,
  ].join('; ')
}
