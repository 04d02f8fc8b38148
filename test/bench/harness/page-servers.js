/**
 * The servers of pages that are compared: `mlv ui` and those of the peers, each on a port of its own.
 */
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { residentBytes } from './page-browser.js'
import { start } from './process.js'
import { mlv } from './repository.js'
import { answering, freePort } from './servers.js'

/**
 * A server that answers.
 *
 * @typedef {object} PageServer
 * @property {string} address
 * @property {() => number} peakBytes the largest resident sizes of its processes, added up
 * @property {() => Promise<void>} stop
 */

/** `mlv ui`. Its link lets in one browser, so every look starts it anew. @returns {Promise<PageServer>} */
export async function startMlvPages(/** @type {string} */ folder) {
  const child = start(mlv(folder, 'ui', '--no-open', '--json'))
  child.stderr.resume()
  const link = await new Promise((resolve, reject) => {
    let printed = ''
    child.stdout.on('data', (chunk) => {
      printed += chunk
      const found = /"url":\s*"([^"]+)"/.exec(printed)?.[1]
      if (found !== undefined) resolve(found)
    })
    child.once('close', () => reject(new Error(`'mlv ui' ended: ${printed}`)))
  })
  return server(child, link)
}

/** Pages that are told their port on the command line. @returns {Promise<PageServer>} */
export async function startPeerPages(
  /** @type {(port: number) => import('./process.js').Command} */ commandAt,
  /** @type {(port: number) => string} */ addressAt,
) {
  const port = await freePort()
  const child = start(commandAt(port))
  child.stdout.resume()
  child.stderr.resume()
  await answering(port)
  return server(child, addressAt(port))
}

/** MLflow's pages over a store of `mlflow_make_runs.py`. */
export function startMlflowPages(/** @type {import('./bench.js').Bench} */ bench, /** @type {string} */ store) {
  const program = join(dirname(bench.peers.python), 'mlflow')
  return startPeerPages(
    (port) => ({
      argv: [program, 'ui', '--backend-store-uri', `sqlite:///${store}/mlflow.db`, '--port', String(port)],
      cwd: store,
    }),
    (port) => `http://127.0.0.1:${port}/#/experiments/1/runs`,
  )
}

/** Aim's pages over a repository of `aim_make_runs.py`. */
export function startAimPages(/** @type {import('./bench.js').Bench} */ bench, /** @type {string} */ repository) {
  const program = join(dirname(bench.peers.aimPython), 'aim')
  return startPeerPages(
    (port) => ({ argv: [program, 'up', '--repo', repository, '--port', String(port), '--yes'], cwd: repository }),
    (port) => `http://127.0.0.1:${port}/runs`,
  )
}

/** TensorBoard over a folder of event files, every point of them kept. */
export function startTensorBoardPages(/** @type {import('./bench.js').Bench} */ bench, /** @type {string} */ folder) {
  const options = ['--logdir', folder, '--samples_per_plugin', 'scalars=0', '--load_fast', 'false']
  return startPeerPages(
    (port) => ({ argv: [bench.peers.python, '-m', 'tensorboard.main', ...options, '--port', String(port)] }),
    (port) => `http://127.0.0.1:${port}/?darkMode=false#timeseries`,
  )
}

/** @returns {PageServer} */
function server(/** @type {import('node:child_process').ChildProcess} */ child, /** @type {string} */ address) {
  const { pid } = child
  return {
    address,
    peakBytes: () => familyOf(Number(pid)).reduce((total, each) => total + residentBytes(each, 'VmHWM'), 0),
    stop: async () => {
      const family = familyOf(Number(pid)).reverse()
      const ended = once(child, 'close')
      for (const each of family) process.kill(each, 'SIGKILL')
      await ended
    },
  }
}

/** A process and those it started, parents first. */
function familyOf(/** @type {number} */ pid) {
  const family = [pid]
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        // After the name in brackets, which may hold anything: the state, then the parent (proc_pid_stat(5)).
        const [, parent] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ').at(-1).split(' ')
        return [{ pid: Number(name), parent: Number(parent) }]
      } catch {
        return []
      }
    })
  for (const known of family) {
    family.push(...parents.filter(({ parent }) => parent === known).map((child) => child.pid))
  }
  return family
}
