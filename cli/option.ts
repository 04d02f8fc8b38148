/**
 * Options and arguments of commands as data: how they are written, what they mean, and the value they come to.
 *
 * Help, documentation, completion and parsing all read these, so they cannot disagree.
 */
import { refuse } from '../src/domain/failure.ts'
import { parseSize } from './parse-size.ts'

/** One option of a command. */
export interface OptionSpec<Item = unknown> {
  /** As in help: `-m, --message <text>`; `...` after the placeholder marks one that may be repeated. */
  readonly flags: string
  /** Lower case, no full stop. */
  readonly description: string
  /** The only values it takes; empty when any text will do. */
  readonly choices: readonly string[]
  /** Left out of help, documentation and completion. */
  readonly isHidden: boolean
  /** Makes the value of all the texts given, in order; a flag that is given has one empty text. */
  readonly valueOf: (texts: readonly string[]) => Item
}

/** One positional argument of a command. */
export interface ArgumentSpec<Item = unknown> {
  /** `<required>` or `[optional]`. */
  readonly placeholder: string
  readonly description: string
  readonly choices: readonly string[]
  readonly valueOf: (text: string | undefined, rest: readonly string[]) => Item
}

/** A `key=value` of the command line. */
export interface Pair {
  readonly key: string
  readonly text: string
}

/** An option that is there or not. */
export function flag(flags: string, description: string): OptionSpec<boolean> {
  return optionOf(flags, description, (texts) => texts.length > 0)
}

/** An option with a text; the last one given counts. */
export function text(flags: string, description: string): OptionSpec<string | undefined> {
  return optionOf(flags, description, (texts) => texts.at(-1))
}

/** An option with a text that must be given. @throws `usage-invalid` when it is not */
export function requiredText(flags: string, description: string): OptionSpec<string> {
  return optionOf(flags, description, (texts) => {
    const last = texts.at(-1)
    if (last === undefined) throw refuse('usage-invalid', { problem: `${longFlag(flags)} must be given` })
    return last
  })
}

/** An option that may be repeated. */
export function list(flags: string, description: string): OptionSpec<readonly string[]> {
  return optionOf(flags, description, (texts) => texts)
}

/** An option of texts with commas between them, such as names of columns. */
export function names(flags: string, description: string): OptionSpec<readonly string[] | undefined> {
  return optionOf(flags, description, (texts) => {
    const items = texts.flatMap(splitAtCommas).filter((item) => item !== '')
    return items.length === 0 ? undefined : items
  })
}

/** An option of `key=value` that may be repeated. @throws `usage-invalid` without a key or an equals sign */
export function pairs(flags: string, description: string): OptionSpec<readonly Pair[]> {
  return optionOf(flags, description, (texts) => texts.map((item) => pairOf(longFlag(flags), item)))
}

/** An option that counts from 1. @throws `usage-invalid` for anything but a whole number from 1 to 999,999,999 */
export function count(flags: string, description: string): OptionSpec<number | undefined> {
  return optionOf(flags, description, (texts) => {
    const last = texts.at(-1)
    if (last === undefined) return undefined
    if (!/^[1-9][0-9]{0,8}$/.test(last)) {
      throw refuse('usage-invalid', { problem: `${longFlag(flags)} takes a whole number from 1, not '${last}'` })
    }
    return Number(last)
  })
}

/** An option of a number of bytes. @throws `usage-invalid` for what is no size */
export function size(flags: string, description: string): OptionSpec<number | undefined> {
  return optionOf(flags, description, (texts) => {
    const last = texts.at(-1)
    return last === undefined ? undefined : parseSize(longFlag(flags), last)
  })
}

/** An option with one of a few words; the fallback when it is not given. @throws `usage-invalid` for another word */
export function choice<const Word extends string>(
  flags: string,
  description: string,
  words: readonly [fallback: Word, ...others: Word[]],
): OptionSpec<Word> {
  const valueOf = (texts: readonly string[]): Word => oneOf(longFlag(flags), words, texts.at(-1) ?? words[0])
  return { ...optionOf(flags, description, valueOf), choices: words }
}

/** The same option, left out of help, documentation and completion. */
export function hidden<Item>(option: OptionSpec<Item>): OptionSpec<Item> {
  return { ...option, isHidden: true }
}

/** An argument that must be given. */
export function required(name: string, description: string): ArgumentSpec<string> {
  // The parser has refused the command line already when a required argument is absent.
  return { placeholder: `<${name}>`, description, choices: [], valueOf: (given) => given ?? '' }
}

/** An argument that may be left out. */
export function optional(name: string, description: string): ArgumentSpec<string | undefined> {
  return { placeholder: `[${name}]`, description, choices: [], valueOf: (given) => given }
}

/** The last argument of a command, given once or more. */
export function several(name: string, description: string): ArgumentSpec<readonly string[]> {
  return { placeholder: `<${name}...>`, description, choices: [], valueOf: (_, rest) => rest }
}

/** The last argument of a command, given as often as one likes, or not at all. */
export function anyNumber(name: string, description: string): ArgumentSpec<readonly string[]> {
  return { ...several(name, description), placeholder: `[${name}...]` }
}

/** The last argument of a command, `key=value` given once or more. @throws `usage-invalid` without a key */
export function severalPairs(name: string, description: string): ArgumentSpec<readonly Pair[]> {
  const valueOf = (_: string | undefined, rest: readonly string[]): readonly Pair[] =>
    rest.map((item) => pairOf(`<${name}>`, item))
  return { placeholder: `<${name}...>`, description, choices: [], valueOf }
}

/** An argument that is one of a few words. @throws `usage-invalid` for another word */
export function word<const Word extends string>(
  name: string,
  description: string,
  words: readonly [Word, ...Word[]],
): ArgumentSpec<Word> {
  const valueOf = (given: string | undefined): Word => oneOf(`<${name}>`, words, given ?? '')
  return { placeholder: `<${name}>`, description, choices: words, valueOf }
}

/** The long form of an option: `--message` of `-m, --message <text>`. */
export function longFlag(flags: string): string {
  return /--[a-z-]+/.exec(flags)?.[0] ?? flags
}

/** The short form of an option: `-m` of `-m, --message <text>`; absent when it has none. */
export function shortFlag(flags: string): string | undefined {
  return /(?:^|\s)(-[A-Za-z])(?:,|\s|$)/.exec(flags)?.[1]
}

/** Tells whether an option is followed by a value. */
export function takesValue(option: OptionSpec): boolean {
  return option.flags.includes('<')
}

function optionOf<Item>(
  flags: string,
  description: string,
  valueOf: (texts: readonly string[]) => Item,
): OptionSpec<Item> {
  return { flags, description, choices: [], isHidden: false, valueOf }
}

function oneOf<Word extends string>(what: string, words: readonly Word[], given: string): Word {
  const found = words.find((known) => known === given)
  if (found === undefined) {
    throw refuse('usage-invalid', { problem: `${what} is one of ${words.join(', ')}, not '${given}'` })
  }
  return found
}

function pairOf(what: string, item: string): Pair {
  const at = item.indexOf('=')
  if (at < 1) throw refuse('usage-invalid', { problem: `${what} takes key=value, not '${item}'` })
  return { key: item.slice(0, at), text: item.slice(at + 1) }
}

/** Splits at commas outside double quotes, because keys in quotes may hold commas. */
function splitAtCommas(item: string): readonly string[] {
  return (item.match(/(?:[^,"]|"[^"]*"?)+/g) ?? []).map((part) => part.trim())
}
