/**
 * Runs one command from its arguments to an exit code. Every refusal and every bug ends here.
 */
import type { Command, Verb } from './command.ts'
import { commandHelp } from './command-help.ts'
import type { Environment } from './environment.ts'
import { EXIT } from './exit-code.ts'
import type { ExitCode } from './exit-code.ts'
import { renderingFor, textOfLines } from './output.ts'
import { parseCommandLine } from './parse-command-line.ts'
import { reportFailure } from './report-failure.ts'
import { startSession } from './session.ts'

/** Runs a command; never throws. */
export async function runCommand(
  environment: Environment,
  typed: { readonly command: Command; readonly verbs: readonly Verb[] },
  argv: readonly string[],
): Promise<ExitCode> {
  const { command, verbs } = typed
  try {
    const line = parseCommandLine(command, argv)
    if (line.kind === 'run') return await command.execute(startSession(environment, verbs, line.texts), line.texts)
    const { standardOutput } = environment
    const rendering = renderingFor(environment, standardOutput.isTerminal, { noColor: argv.includes('--no-color') })
    standardOutput.write(textOfLines(commandHelp(command), rendering))
    return EXIT.ok
  } catch (caught) {
    return reportFailure(environment, caught, { verb: command.name, argv })
  }
}
