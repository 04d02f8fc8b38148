/**
 * Other values for parameters of a run that is repeated: put wherever the command takes them from.
 */
import { withArgument } from '../../domain/command-arguments.ts'
import { closestNames } from '../../base/suggest.ts'
import { isValueList } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import { MASKED } from '../../domain/secret-words.ts'
import { parseParameterKey } from '../../domain/key.ts'
import type { ParameterKey } from '../../domain/key.ts'
import type { Parameters, ParameterValue } from '../../domain/parameter.ts'
import { formatParameterText } from '../../domain/parameter-text.ts'
import type { SealedRun } from '../../domain/run.ts'

/** A parameter and the text of its other value. */
export interface ParameterChange {
  readonly key: string
  readonly text: string
}

/** How a run is started again. */
export interface RepeatedCommand {
  readonly command: readonly string[]
  /** What is given with the command, as `mlv run -p` is. */
  readonly params: readonly ParameterChange[]
  /** Changes of files of parameters: the file's absolute path, and what to change in it. */
  readonly edits: readonly { readonly file: string; readonly key: ParameterKey; readonly text: string }[]
}

/**
 * Plans the command of a repetition.
 *
 * @throws `usage-invalid` for a parameter the run does not have, for one that only the command itself can change, and
 * for a command that held a secret
 */
export function repeatCommand(
  run: Pick<SealedRun, 'parameters' | 'givenParameters'> & { readonly command: readonly string[] },
  files: ReadonlyMap<string, Parameters>,
  changes: readonly ParameterChange[],
): RepeatedCommand {
  const given = new Map((run.givenParameters ?? []).map((key) => [key, textOf(run.parameters.get(key))]))
  let command = run.command
  const edits: { readonly file: string; readonly key: ParameterKey; readonly text: string }[] = []
  for (const change of changes) {
    const key = parseParameterKey(change.key)
    const value = run.parameters.get(key)
    if (value === undefined) throw unknownParameter(key, run.parameters)
    const file = [...files].find(([, parameters]) => parameters.has(key))?.[0]
    const changed = withArgument(command, { key, value, text: change.text })
    if (changed !== undefined) command = changed
    if (given.has(key)) given.set(key, change.text)
    else if (file !== undefined) edits.push({ file, key, text: change.text })
    else if (changed === undefined) throw onlyInside(key)
  }
  refuseMasked([...command, ...given.values()])
  // Placeholders are looked for only where a parameter is given; none is left in what was executed.
  const safe = given.size === 0 ? command : command.map((argument) => argument.replaceAll('{', '{{'))
  return { command: safe, params: [...given].map(([key, text]) => ({ key, text })), edits }
}

/** A secret was not recorded, so only whoever knows it can repeat the run. */
function refuseMasked(texts: readonly string[]): void {
  if (!texts.some((text) => text.includes(MASKED))) return
  throw refuse('usage-invalid', {
    problem: 'the recorded command held a secret, which was not recorded; --with-changes gives one that is a parameter',
  })
}

/** What is given with a command is a single value. */
function textOf(value: ParameterValue | undefined): string {
  return formatParameterText(value === undefined || isValueList(value) ? null : value)
}

function unknownParameter(key: ParameterKey, parameters: Parameters): Error {
  const closest = closestNames(key, [...parameters.keys()])
  const hint = closest[0] === undefined ? '' : `; did you mean '${closest[0]}'?`
  return refuse('usage-invalid', { problem: `the run has no parameter '${key}'${hint}` })
}

function onlyInside(key: ParameterKey): Error {
  return refuse('usage-invalid', {
    problem: `'${key}' is in no argument and no file of parameters: only the command itself can change it`,
  })
}
