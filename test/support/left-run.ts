/**
 * Runs whose process is gone: started by the library in a process of its own, which ends and seals nothing.
 */
import { spawn, spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MLV, WORLD_VARIABLES } from './world.ts'

/** A run that is in its journal. */
export interface LeftRun {
  readonly id: string
  /** What `MLV_RUN_DIR` was. */
  readonly folder: string
}

/** A process that logs until it is killed. */
export interface LoggingProcess {
  /** Resolves with the run when it has acknowledged so many points. */
  readonly reached: (count: number) => Promise<LeftRun>
  /** Kills it at once; resolves with the steps it acknowledged. */
  readonly kill: () => Promise<readonly number[]>
}

const LIBRARY = pathToFileURL(join(dirname(MLV), 'index.js')).href

const START = `
import { writeSync } from 'node:fs'
import { hostOptions, openRepository, startRun } from ${JSON.stringify(LIBRARY)}
const repository = await openRepository(hostOptions())
const run = await startRun(repository, { experiment: 'left', message: process.argv[1] })
const say = (text) => writeSync(1, text + '\\n')
say(run.id + ' ' + run.folder)
`

// Ten calls at once: each is acknowledged when its line is on the disk, whichever write took it there.
const LOG = `${START}
for (let step = 0; ; step += 10) {
  await Promise.all(Array.from({ length: 10 }, async (_, more) => {
    await run.logMetric('loss', 1 / (step + more + 1), { step: step + more })
    say(String(step + more))
  }))
}
`

/** Starts a run in a repository that is set up, and leaves it there. */
export function leaveRun(folder: string, message = 'left behind'): LeftRun {
  const program = `${START}\nprocess.exit(0)`
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', program, message], {
    cwd: folder,
    env: WORLD_VARIABLES,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`expected a run to start: ${stderr}`)
  return runOf(stdout)
}

/** Starts a process that starts a run and logs its loss without end. */
export function startLogging(folder: string): LoggingProcess {
  const child = spawn(process.execPath, ['--input-type=module', '-e', LOG, 'logging'], {
    cwd: folder,
    env: WORLD_VARIABLES,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  let waiting = (): void => undefined
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8')
    waiting()
  })
  const lines = (): readonly string[] => output.split('\n').slice(0, -1)
  const closed = new Promise<void>((done) => child.once('close', () => done()))
  return {
    reached: (count) =>
      new Promise((done) => {
        waiting = () => {
          if (lines().length > count) done(runOf(output))
        }
        waiting()
      }),
    kill: async () => {
      child.kill('SIGKILL')
      await closed
      return lines().slice(1).map(Number)
    },
  }
}

function runOf(output: string): LeftRun {
  const [id = '', ...folder] = (output.split('\n')[0] ?? '').split(' ')
  return { id, folder: folder.join(' ') }
}
