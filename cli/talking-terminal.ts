/**
 * The terminal of a command that is part of an answer: what it prints is talk, so that standard output is data alone.
 */
import type { CommandTerminal } from '../src/ops/record/run-command-options.ts'
import type { Session } from './command.ts'

/** Sends both streams of a command to standard error; nowhere with `--json`, where only a failure stands there. */
export function talkingTerminal({
  commandTerminal,
  output,
}: Pick<Session, 'commandTerminal' | 'output'>): CommandTerminal {
  const terminal = commandTerminal()
  return {
    ...terminal,
    input: 'none',
    write: output.isJson ? () => Promise.resolve() : (_, bytes) => terminal.write('stderr', bytes),
  }
}
