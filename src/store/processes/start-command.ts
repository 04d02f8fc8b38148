/**
 * Starts a command behind a gate: its process is there, with the number it will keep, and waits. So the journal can
 * name it before its first instruction runs, and a wrapper killed in between leaves no command that nobody knows of.
 *
 * The gate is a shell that becomes the command. It tells its number and reads one line on descriptor 3; at the end of
 * the input, as when the wrapper dies, it ends and the command never ran.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'
import type { Duplex, Readable } from 'node:stream'
import { constants } from 'node:os'
import { terminalArguments } from './terminal-program.ts'
import type { TerminalProgram } from './terminal-program.ts'

/** What to start. */
export interface CommandStart {
  /** Program and arguments; the program as found on the search path or as typed. */
  readonly command: readonly string[]
  readonly folder: string
  /** The whole environment. */
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly input: 'inherit' | 'none'
  /** Gives the command a terminal of its own; absent for pipes. */
  readonly terminal?: TerminalProgram
}

/** How a command ended. */
export interface CommandEnd {
  /** 128 and the signal's number when a signal ended it. */
  readonly exitCode: number
  /** Such as `SIGTERM`. */
  readonly signal?: string
}

/** A command that waits behind its gate, or runs. */
export interface StartedCommand {
  /** The number of the process that is or becomes the command. */
  readonly processId: number
  /** On a terminal both streams are one. */
  readonly stdout: Readable
  readonly stderr: Readable | undefined
  /** Lets it run. */
  readonly release: () => void
  /** Sends it home before it ran. */
  readonly dismiss: () => void
  /** Resolves when it has ended and all it printed was read. */
  readonly ended: Promise<CommandEnd>
}

const GATE = 'echo $$ >&3; read -r go <&3 || exit 125; exec 3>&-; unset go; exec "$@"'
const GATE_DESCRIPTOR = 3
const STDOUT_DESCRIPTOR = 1
const STDERR_DESCRIPTOR = 2

/** Starts a command behind its gate. Rejects when the system cannot start a process. */
export async function startCommand(start: CommandStart): Promise<StartedCommand> {
  const child = spawnGate(start)
  const gate = streamAt(child, GATE_DESCRIPTOR)
  const ended = endOf(child, start.terminal !== undefined)
  ended.catch(() => undefined)
  const processId = await Promise.race([numberFrom(gate), ended.then(gone, gone)])
  return {
    processId,
    stdout: streamAt(child, STDOUT_DESCRIPTOR),
    stderr: start.terminal === undefined ? streamAt(child, STDERR_DESCRIPTOR) : undefined,
    // It is the command's end of the gate that closes; ours must not keep the wrapper alive.
    release: () => gate.end('go\n'),
    dismiss: () => gate.destroy(),
    ended,
  }
}

function spawnGate({ command, folder, variables, input, terminal }: CommandStart): ChildProcess {
  const stdin = input === 'inherit' ? 'inherit' : 'ignore'
  if (terminal === undefined) {
    const stdio: StdioOptions = [stdin, 'pipe', 'pipe', 'pipe']
    return spawn('/bin/sh', ['-c', GATE, 'sh', ...command], { cwd: folder, env: variables, stdio })
  }
  const program = { text: GATE, arguments: command }
  const env = terminal.kind === 'bsd' ? variables : { ...variables, SHELL: '/bin/sh' }
  // What the terminal program itself has to say is not the command's output.
  const stdio: StdioOptions = [stdin, 'pipe', 'inherit', 'pipe']
  return spawn(terminal.path, terminalArguments(terminal, program, variables['SHELL']), { cwd: folder, env, stdio })
}

function streamAt(child: ChildProcess, descriptor: number): Duplex {
  const stream = child.stdio[descriptor]
  // Node types every one of them as either direction; a pipe has both.
  if (stream === undefined || stream === null) throw new Error(`no pipe at descriptor ${descriptor}`)
  return stream as Duplex
}

function gone(): never {
  throw new Error('the command ended before it was let run')
}

/** Reads the line with the process number. */
function numberFrom(gate: Duplex): Promise<number> {
  return new Promise((done, fail) => {
    let text = ''
    gate.on('error', fail)
    gate.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
      if (text.includes('\n')) done(Number(text.trim()))
    })
  })
}

/** On a terminal the signal that ended a command is only seen as the exit code a shell makes of it. */
function endOf(child: ChildProcess, isOnTerminal: boolean): Promise<CommandEnd> {
  return new Promise((done, fail) => {
    child.once('error', fail)
    child.once('close', (code, signal) => {
      if (signal !== null) done({ exitCode: 128 + constants.signals[signal], signal })
      else if (isOnTerminal && code !== null && code > 128) done(endByShellCode(code))
      else done({ exitCode: code ?? 1 })
    })
  })
}

function endByShellCode(exitCode: number): CommandEnd {
  const known = Object.entries(constants.signals).find(([, number]) => number === exitCode - 128)
  return known === undefined ? { exitCode } : { exitCode, signal: known[0] }
}
