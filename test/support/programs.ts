/**
 * Programs that a test waits for. They are started by a small process beside this one: to start one the system copies
 * the tables of all memory the starter has, and a process that has run two hundred test files has a lot.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** How a program is started. */
export interface ProgramOptions {
  readonly cwd?: string
  /** All of its variables. */
  readonly env: NodeJS.ProcessEnv
  /** Its standard input; empty when absent. */
  readonly input?: string | Uint8Array
}

/** How a program ended. */
export interface Ended {
  /** `null` when a signal ended it, or it could not be started. */
  readonly status: number | null
  readonly stdout: Buffer
  readonly stderr: Buffer
}

/** A process that starts programs, and the pipes to it. */
interface Starter {
  readonly ask: number
  readonly answer: number
}

let starter: Starter | undefined

/** Runs a program to its end. @throws an error when it cannot be started */
export function runProgram(program: string, args: readonly string[], options: ProgramOptions): Ended {
  starter ??= startStarter()
  const input = options.input === undefined ? undefined : Buffer.from(options.input).toString('base64')
  writeLine(starter.ask, JSON.stringify({ program, args, cwd: options.cwd, env: options.env, input }))
  const { status, error, stdout, stderr } = JSON.parse(readLine(starter.answer)) as {
    readonly status: number | null
    readonly error?: string
    readonly stdout: string
    readonly stderr: string
  }
  if (error !== undefined) throw new Error(`${program} could not be run: ${error}`)
  return { status, stdout: Buffer.from(stdout, 'base64'), stderr: Buffer.from(stderr, 'base64') }
}

/** It ends with this process, which is the only one that has the other end of its pipe. */
function startStarter(): Starter {
  const folder = mkdtempSync(join(tmpdir(), 'mlv-starter-'))
  const [ask, answer] = [join(folder, 'ask'), join(folder, 'answer')]
  spawnSync('mkfifo', [ask, answer])
  const child = spawn(process.execPath, [join(import.meta.dirname, 'starter.mjs'), ask, answer], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  child.unref()
  // Each opening waits for the other side to do the same.
  const pipes = { ask: openSync(ask, 'w'), answer: openSync(answer, 'r') }
  rmSync(folder, { recursive: true })
  return pipes
}

function writeLine(file: number, text: string): void {
  const bytes = Buffer.from(`${text}\n`)
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
}

function readLine(file: number): string {
  const parts: Buffer[] = []
  for (;;) {
    const chunk = Buffer.allocUnsafe(1 << 16)
    const count = readSync(file, chunk, 0, chunk.length, null)
    if (count === 0) throw new Error('the process that starts programs has ended')
    parts.push(chunk.subarray(0, count))
    if (chunk[count - 1] === 10) return Buffer.concat(parts).toString('utf8')
  }
}
