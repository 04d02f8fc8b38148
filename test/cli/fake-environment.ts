/**
 * A world of plain values for commands: what they print is kept, time stands still, and there is no repository.
 */
import type { Environment, Stream } from '../../cli/environment.ts'
import type { ExitCode } from '../../cli/exit-code.ts'
import { findVerb } from '../../cli/find-verb.ts'
import { runCommand } from '../../cli/run-command.ts'
import { VERBS } from '../../cli/verbs.ts'
import { plainText } from '../../cli/format/line.ts'
import type { Line } from '../../cli/format/line.ts'
import { refuse } from '../../src/domain/failure.ts'
import { NOW_MS } from './sample-reports.ts'

/** How the fake world differs from a quiet pipe. */
export interface FakeOptions {
  readonly variables?: Readonly<Record<string, string>>
  /** Columns of the terminal that both streams are; absent when they are pipes. */
  readonly columns?: number
}

/** A fake world, and what was printed to it. */
export interface FakeWorld {
  readonly environment: Environment
  readonly output: () => string
  readonly errors: () => string
}

/** Makes a fake world. */
export function fakeWorld(options: FakeOptions = {}): FakeWorld {
  const printed: string[] = []
  const said: string[] = []
  const streamInto = (texts: string[]): Stream => ({
    write: (text) => void texts.push(text),
    room: () => Promise.resolve(true),
    isTerminal: options.columns !== undefined,
    columns: options.columns,
  })
  const environment: Environment = {
    folder: '/work/churn',
    variables: options.variables ?? {},
    clock: { nowMs: () => NOW_MS, elapsedMs: () => 0 },
    entropy: { randomBytes: (count) => new Uint8Array(count) },
    userId: 1000,
    processId: 4711,
    hostName: 'test',
    nodeVersion: '20.20.0',
    standardOutput: streamInto(printed),
    standardError: streamInto(said),
    commandTerminal: () => {
      throw new Error('nothing runs in a fake world')
    },
    openRepository: ({ folder }) => Promise.reject(refuse('repository-not-found', { folder })),
  }
  return { environment, output: () => printed.join(''), errors: () => said.join('') }
}

/** Runs a command line in a fake world and tells everything it said, as a transcript. */
export async function transcript(argv: readonly string[], options: FakeOptions = {}): Promise<string> {
  const world = fakeWorld(options)
  const exitCode = await run(world, argv)
  return `$ mlv ${argv.join(' ')}\n${world.output()}${world.errors()}[exit ${exitCode}]\n`
}

/** Runs a command line, verb first, in a fake world. */
export async function run(world: FakeWorld, argv: readonly string[]): Promise<ExitCode> {
  const [verb = '', ...rest] = argv
  return await runCommand(world.environment, { command: await findVerb(VERBS, verb).load(), verbs: VERBS }, rest)
}

/** Lines as they are read, one string. */
export function shown(lines: readonly Line[]): string {
  return `\n${lines.map((line) => plainText(line).trimEnd()).join('\n')}\n`
}
