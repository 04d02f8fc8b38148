/**
 * What must hold after every kill and every fault. The oracle is stock git; the user is a plain `mlv commit`.
 */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { git, journalsIn, mlv, trainTo } from './victim-world.js'

/** A commit after a kill that takes longer than this has met something that wedges. */
const WEDGED_MS = 5000

/** What only an unfinished commit has in a repository, and what could stop the next. */
const UNFINISHED = /\.lock$|\.keep$|fast_import_crash|^refs\/mlv\/tmp\/.|^mlv\/(?:lock|break|writing)/

/** Cleared by age, as git clears its own `tmp_*`; nothing looks at them. */
const GARBAGE = /^mlv\/tmp\//

/**
 * Follows one repository through kills.
 *
 * @param {string} folder
 * @param {string} engine
 */
export function followRepository(folder, engine) {
  let tip = git(folder, 'rev-parse', 'mlv')
  let rounds = 0
  return {
    /**
     * Goes on as a user would and says what is wrong; nothing is.
     *
     * @param {readonly { readonly commit?: string, readonly run?: string }[]} acknowledged
     * @param {{ readonly thorough: boolean }} options whether every record and artifact is read too
     */
    judge: (acknowledged, { thorough }) => {
      rounds += 1
      const problems = []
      const atKill = git(folder, 'rev-parse', 'mlv')
      trainTo(folder, { path: 'model', label: `after round ${rounds}` })
      const next = mlv(folder, engine, ['commit', '-m', 'go on'])
      if (next.status !== 0) problems.push(`the next commit ended with ${next.status}: ${next.stderr}`)
      if (next.elapsedMs > WEDGED_MS) problems.push(`the next commit took ${Math.round(next.elapsedMs)} ms`)
      const pending = journalsIn(folder)
      if (pending.length > 0) problems.push(...recoverProblems(folder, engine))
      const made = historySince(folder, tip)
      tip = git(folder, 'rev-parse', 'mlv')
      problems.push(...made.problems, ...lostOf(acknowledged, made), ...unsealed(pending, made, folder))
      problems.push(...gitProblems(folder), ...leftovers(folder).map((path) => `left behind: ${path}`))
      if (thorough) problems.push(...fsckProblems(folder, engine))
      return { problems, recoveryMs: next.elapsedMs, recovered: pending.length, atKill }
    },
  }
}

function recoverProblems(folder, engine) {
  const { status, stderr } = mlv(folder, engine, ['commit', '--recover'])
  const left = journalsIn(folder)
  return [
    ...(status === 0 ? [] : [`mlv commit --recover ended with ${status}: ${stderr}`]),
    ...(left.length === 0 ? [] : [`${left.length} journals are left after --recover`]),
  ]
}

/** Commits and runs that were added; the branch must have gone forward, one commit after the other. */
function historySince(folder, before) {
  const format = '--format=%H %P%x00%(trailers:key=Mlv-Run,valueonly,separator=%x2C)'
  const lines = git(folder, 'log', format, `${before}..mlv`).split('\n').filter(Boolean)
  const rows = lines.map((line) => line.split('\0'))
  const problems = []
  let expected = git(folder, 'rev-parse', 'mlv')
  for (const [names] of rows) {
    const [commit, ...parents] = names.split(' ')
    if (commit !== expected || parents.length !== 1) problems.push(`history is not one line at ${commit}`)
    expected = parents[0]
  }
  if (expected !== before) problems.push(`history was cut off: ${before} is not behind the branch`)
  const commits = new Set(rows.map(([names]) => names.split(' ')[0]))
  return { problems, commits, runs: new Set(rows.flatMap(([, runs]) => runs.split(',').map((run) => run.trim()))) }
}

function lostOf(acknowledged, { commits, runs }) {
  return acknowledged.flatMap(({ commit, run }) => [
    ...(commit === undefined || commits.has(commit) ? [] : [`lost: commit ${commit} was acknowledged`]),
    ...(run === undefined || runs.has(run) ? [] : [`lost: run ${run} was acknowledged`]),
  ])
}

/** A journal whose end is torn was not acknowledged; one without its first event is no run. */
function unsealed(pending, { runs }, folder) {
  const known = pending.filter((run) => !runs.has(run))
  if (known.length === 0) return []
  const recorded = new Set(git(folder, 'log', '--format=%(trailers:key=Mlv-Run,valueonly)', 'mlv').split(/\s+/))
  return known.filter((run) => !recorded.has(run)).map((run) => `unsealed: journal of ${run} became no run`)
}

function gitProblems(folder) {
  try {
    const said = git(folder, 'fsck', '--full', '--strict', '--no-dangling', '--no-progress')
    return said === '' ? [] : [`git fsck says: ${said}`]
  } catch (error) {
    return [`git fsck fails: ${error.message}`]
  }
}

function fsckProblems(folder, engine) {
  const { status, stdout, stderr } = mlv(folder, engine, ['fsck'])
  return status === 0 && stdout.includes('all sound') ? [] : [`mlv fsck ended with ${status}: ${stdout}${stderr}`]
}

function leftovers(folder) {
  const root = join(folder, '.git')
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' })
  return paths.filter((path) => UNFINISHED.test(path) && !GARBAGE.test(path) && !isUnwritten(join(root, path)))
}

/** A waiter killed between making its record and writing it: it holds nothing, and is cleared by age. */
function isUnwritten(path) {
  return /mlv\/lock\.\w+$/.test(path) && statSync(path, { throwIfNoEntry: false })?.size === 0
}
