/**
 * Finds the verb on a command line without loading any command.
 */

/** A command line with the verb taken out. */
export interface SplitArguments {
  /** Absent when nothing but options was given. */
  readonly verb: string | undefined
  /** Everything else in order: options before the verb, then all that follows it. */
  readonly rest: readonly string[]
}

/** Options that may stand before the verb and take the next argument as their value. */
const WITH_VALUE: ReadonlySet<string> = new Set(['-C', '--folder', '--engine'])

/** Splits a command line at its verb, the first argument that is neither an option nor the value of one. */
export function splitArguments(argv: readonly string[]): SplitArguments {
  let index = 0
  for (; index < argv.length; index += 1) {
    const argument = argv[index] ?? ''
    if (!argument.startsWith('-') || argument === '-') break
    if (WITH_VALUE.has(argument)) index += 1
  }
  return { verb: argv[index], rest: [...argv.slice(0, index), ...argv.slice(index + 1)] }
}
