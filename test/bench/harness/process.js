/**
 * Runs programs: to their end, measured by wall clock, or weighed by the kernel. What fails stops the bench, because a
 * figure of a program that failed is no figure.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/**
 * @typedef {object} Command
 * @property {readonly string[]} argv program and arguments; never read by a shell
 * @property {string} [cwd]
 * @property {Readonly<Record<string, string>>} [env] over the variables of the bench
 * @property {string | Uint8Array} [input] what it reads on standard input
 */

/** GNU time, which tells the largest resident size of a program and of those it waited for. */
const GNU_TIME = '/usr/bin/time'

/** Runs a command before or after a measurement and returns what it printed, less the last newline. */
export function output(/** @type {Command} */ command) {
  const [program, ...args] = command.argv
  const child = spawnSync(program, args, { ...settings(command), input: command.input, maxBuffer: 1 << 30 })
  if (child.error !== undefined) throw child.error
  if (child.status !== 0) throw failure(command, child.status ?? child.signal, child.stderr.toString())
  return child.stdout.toString().trimEnd()
}

/** Wall time of commands run one after the other, in milliseconds. */
export async function timeInTurn(/** @type {readonly Command[]} */ commands) {
  const start = performance.now()
  for (const command of commands) await finish(command)
  return performance.now() - start
}

/** Wall time of commands run at the same time, in milliseconds: that of the slowest. */
export async function timeTogether(/** @type {readonly Command[]} */ commands) {
  const start = performance.now()
  await Promise.all(commands.map(finish))
  return performance.now() - start
}

/** The largest resident size any of the commands reached, in bytes; `undefined` without GNU time. */
export async function weigh(/** @type {readonly Command[]} */ commands, /** @type {string} */ reportFile) {
  if (!canWeigh()) {
    await timeInTurn(commands)
    return undefined
  }
  let peakBytes = 0
  for (const command of commands) {
    await finish({ ...command, argv: [GNU_TIME, '--format=%M', `--output=${reportFile}`, ...command.argv] })
    peakBytes = Math.max(peakBytes, Number(readFileSync(reportFile, 'utf8')) * 1024)
  }
  return peakBytes
}

/** Whether this machine can tell the memory a program used. */
export function canWeigh() {
  return existsSync(GNU_TIME)
}

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set()

/** Ends whatever was started and still runs: a bench that is interrupted leaves nothing behind. */
export function endAll() {
  for (const child of running) child.kill('SIGKILL')
}

/** Starts a command and leaves its pipes to the caller. */
export function start(/** @type {Command} */ command) {
  const [program, ...args] = command.argv
  const child = spawn(program, args, { ...settings(command), stdio: ['pipe', 'pipe', 'pipe'] })
  running.add(child)
  child.once('close', () => running.delete(child))
  return child
}

/** Runs a command to its end. What it prints is read and thrown away. */
function finish(/** @type {Command} */ command) {
  const child = start(command)
  let complaints = ''
  child.stdout.resume()
  child.stderr.on('data', (chunk) => void (complaints += chunk))
  // A program that ends before it has read its input is judged by its exit code.
  child.stdin.on('error', () => undefined)
  child.stdin.end(command.input ?? '')
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve(undefined)
      else reject(failure(command, code ?? signal, complaints))
    })
  })
}

function settings(/** @type {Command} */ { cwd, env }) {
  return { cwd, env: { ...process.env, ...env } }
}

function failure(/** @type {Command} */ { argv }, /** @type {unknown} */ status, /** @type {string} */ complaints) {
  return new Error(`'${argv.join(' ')}' ended with ${status}:\n${complaints}`)
}
