/**
 * The program: puts the real world together, finds the verb, runs it, ends with its exit code. Nothing that a verb may
 * not need is imported before the verb is known.
 */
import packageManifest from '../package.json' with { type: 'json' }
import { printable } from '../src/base/printable.ts'
import { hostOptions } from '../src/host.ts'
import type { Environment, Stream } from './environment.ts'
import { EXIT } from './exit-code.ts'
import type { ExitCode } from './exit-code.ts'
import { splitArguments } from './split-arguments.ts'
import { VERBS } from './verbs.ts'

const argv = process.argv.slice(2)
// A page of documentation wants what a terminal shows: `MLV_COLUMNS=100` lays out for one though there is none.
const wantedColumns = Number(process.env['MLV_COLUMNS'])
const wantedLayout = Number.isInteger(wantedColumns) && wantedColumns >= 20 ? wantedColumns : undefined

// A reader that closed its end, such as `head`, is no failure, and a write in progress must not be cut short for it.
// Nor is a terminal that hung up: whoever works ends in their own time.
const abandoned = new Set<NodeJS.WriteStream>()
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    const isHungUp = error.code === 'EIO' && stream.isTTY
    if (error.code !== 'EPIPE' && !isHungUp) throw error
    abandoned.add(stream)
  })
}
// Whatever was interrupted is in the journal or was never begun.
process.once('SIGINT', () => process.exit(EXIT.interrupted))

// Node would end with 1, which here means that a difference was found.
process.on('uncaughtException', (error) => {
  const text = process.env['MLV_DEBUG'] === '1' ? (error.stack ?? error.message) : error.message
  process.stderr.write(`mlv: bug: ${text.split('\n').map(printable).join('\n')}\n`)
  process.exit(EXIT.other)
})

void main().then((exitCode) => {
  process.exitCode = exitCode
})

async function main(): Promise<ExitCode> {
  const { verb, rest } = splitArguments(argv)
  if (verb === undefined) return await runWithoutVerb(rest)
  const known = VERBS.find(({ name }) => name === verb)
  if (known === undefined) return await refuseVerb(realEnvironment(), verb)
  const [{ runCommand }, { realCommandTerminal }, command] = await Promise.all([
    import('./run-command.ts'),
    import('./command-terminal.ts'),
    known.load(),
  ])
  return await runCommand(realEnvironment(realCommandTerminal), { command, verbs: VERBS }, rest)
}

async function runWithoutVerb(options: readonly string[]): Promise<ExitCode> {
  if (options.includes('--version') || options.includes('-V')) {
    process.stdout.write(`mlv ${packageManifest.version}\n`)
    return EXIT.ok
  }
  const [{ runCommand }, { helpCommand }] = await Promise.all([
    import('./run-command.ts'),
    import('./commands/help.ts'),
  ])
  const withoutHelp = options.filter((option) => option !== '--help' && option !== '-h')
  return await runCommand(realEnvironment(), { command: helpCommand, verbs: VERBS }, withoutHelp)
}

async function refuseVerb(environment: Environment, verb: string): Promise<ExitCode> {
  const [{ findVerb }, { reportFailure }] = await Promise.all([import('./find-verb.ts'), import('./report-failure.ts')])
  try {
    findVerb(VERBS, verb)
  } catch (caught) {
    return reportFailure(environment, caught, { verb: undefined, argv })
  }
  return EXIT.usage
}

function realEnvironment(commandTerminal: Environment['commandTerminal'] = withoutTerminal): Environment {
  return {
    ...hostOptions(),
    standardOutput: streamOf(process.stdout, wantedLayout),
    standardError: streamOf(process.stderr, undefined),
    commandTerminal,
    openRepository: async (options) => {
      const { openRepository } = await import('../src/ops/repository/repository.ts')
      return await openRepository(options)
    },
  }
}

function withoutTerminal(): never {
  throw new Error('only a command that was found runs another')
}

function streamOf(stream: NodeJS.WriteStream, layoutColumns: number | undefined): Stream {
  return {
    write: (text) => void stream.write(text),
    room: () => roomOf(stream),
    // Node leaves it out, whatever its types say, where the stream is no terminal.
    isTerminal: layoutColumns !== undefined || ('isTTY' in stream && stream.isTTY),
    columns: layoutColumns ?? stream.columns,
    rows: layoutColumns === undefined ? stream.rows : undefined,
  }
}

function roomOf(stream: NodeJS.WriteStream): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done).off('error', done)
      resolve(!abandoned.has(stream))
    }
    if (stream.writableNeedDrain) stream.once('drain', done).once('error', done)
    else done()
  })
}
