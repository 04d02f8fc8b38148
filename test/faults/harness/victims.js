/**
 * Commands that are started to be killed, and what they promised before.
 */
import { spawn } from 'node:child_process'
import { MLV, VARIABLES } from './victim-world.js'

/** A command that answers neither its work nor its fault for so long hangs. */
const HANGS_MS = 30_000

/**
 * Starts a command in a process group of its own.
 *
 * @param {string} folder
 * @param {{ readonly engine: string, readonly args: readonly string[], readonly wrap?: readonly string[],
 *   readonly variables?: Readonly<Record<string, string>> }} command `wrap` is a program that starts mlv
 */
export function startVictim(folder, { engine, args, wrap = [], variables = {} }) {
  const [program, ...rest] = [...wrap, process.execPath, MLV, '--engine', engine, ...args]
  const child = spawn(program, rest, {
    cwd: folder,
    env: { ...VARIABLES, ...variables },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr, hung] = ['', '', false]
  child.stdout.on('data', (chunk) => void (stdout += chunk))
  child.stderr.on('data', (chunk) => void (stderr += chunk))
  const kill = (/** @type {'group' | 'alone'} */ target) => {
    try {
      process.kill(target === 'group' ? -child.pid : child.pid, 'SIGKILL')
    } catch (error) {
      // It had ended by itself.
      if (error.code !== 'ESRCH') throw error
    }
  }
  const watch = setTimeout(() => {
    hung = true
    kill('group')
  }, HANGS_MS)
  const ended = new Promise((resolve) => {
    child.once('exit', (status, signal) => {
      clearTimeout(watch)
      // Git processes that outlive mlv hold its output open; what it printed is here already.
      setImmediate(() => resolve({ status, signal, stdout, stderr, hung, promised: promiseOf(stdout) }))
    })
  })
  return { kill, ended }
}

/** Nothing is printed before it is durable, so the first half of an answer is a promise too. */
function promiseOf(stdout) {
  const run = /"run": \{\s*"id": "([0-9a-z]{26})"/.exec(stdout)?.[1]
  const commit = /"commit": "([0-9a-f]{40})",\s*"warnings"|"commit": "([0-9a-f]{40})"\s*\}\s*$/.exec(stdout)
  const named = commit?.[1] ?? commit?.[2]
  return { ...(run === undefined ? {} : { run }), ...(named === undefined ? {} : { commit: named }) }
}
