/**
 * Parameters in the arguments of a command that was recorded with its values filled in.
 */
import { Failure } from './failure.ts'
import type { ParameterKey } from './key.ts'
import type { ParameterValue } from './parameter.ts'
import { parseParameterText } from './parameter-text.ts'

/** One place of a command that holds a value: `before` and the value are the whole argument. */
interface ValuePlace {
  readonly index: number
  readonly before: string
  /** The argument, or the one before it, names the parameter. */
  readonly isNamed: boolean
}

/**
 * Puts another value where a command holds that of a parameter: `--lr 0.1`, `--lr=0.1` or `lr=0.1`, else the only
 * argument that is the value. `undefined` when the command does not hold it, or it cannot be told where.
 */
export function withArgument(
  command: readonly string[],
  { key, value, text }: { readonly key: ParameterKey; readonly value: ParameterValue; readonly text: string },
): readonly string[] | undefined {
  const places = command.flatMap((argument, index) => placeIn(command, index, argument, { key, value }) ?? [])
  const named = places.filter(({ isNamed }) => isNamed)
  const [place, second] = named.length > 0 ? named : places
  if (place === undefined || second !== undefined) return undefined
  return command.map((argument, index) => (index === place.index ? `${place.before}${text}` : argument))
}

function placeIn(
  command: readonly string[],
  index: number,
  argument: string,
  { key, value }: { readonly key: ParameterKey; readonly value: ParameterValue },
): ValuePlace | undefined {
  if (index === 0) return undefined
  const cut = argument.indexOf('=') + 1
  const [before, rest] = [argument.slice(0, cut), argument.slice(cut)]
  if (cut > 0 && isValue(rest, value)) return { index, before, isNamed: names(before.slice(0, -1), key) }
  return isValue(argument, value) ? { index, before: '', isNamed: names(command[index - 1] ?? '', key) } : undefined
}

function isValue(text: string, value: ParameterValue): boolean {
  if (text === String(value)) return true
  try {
    return Object.is(parseParameterText(text), value)
  } catch (caught) {
    if (caught instanceof Failure) return false
    throw caught
  }
}

/** `--learning-rate` names `learning_rate` and `optimizer.learning_rate`. */
function names(option: string, key: ParameterKey): boolean {
  const name = option.replace(/^[-+]+/, '').replaceAll('-', '_')
  const own = key.replaceAll('-', '_')
  return name !== '' && (name === own || name === own.slice(own.lastIndexOf('.') + 1))
}
