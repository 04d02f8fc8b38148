/**
 * Commands as data: name, arguments, options, examples, and what to do. Typed where they are written, alike where they
 * are run, shown in help and documented.
 */
import type { ExitCode } from './exit-code.ts'
import type { ArgumentSpec, OptionSpec } from './option.ts'
import type { Output } from './output.ts'
import type { OpenOptions, Repository } from '../src/ops/repository/repository.ts'
import type { CommandTerminal } from '../src/ops/record/run-command-options.ts'

/** A command line to try, and what it does. */
export interface Example {
  readonly line: string
  /** Lower case, no full stop. */
  readonly does: string
}

/** What a command line said, not yet made into values. */
export interface CommandTexts {
  /** In the order of the command's arguments; a missing one is `undefined`. */
  readonly arguments: readonly (string | undefined)[]
  /** All texts of a last argument that may be repeated. */
  readonly rest: readonly string[]
  /** Texts given for each option, by the option's flags. */
  readonly options: ReadonlyMap<string, readonly string[]>
}

/** A command as everything but itself sees it. */
export interface Command {
  readonly name: string
  /** One line, upper case first, no full stop. */
  readonly summary: string
  /** What more there is to know: paragraphs of one line each. */
  readonly details: readonly string[]
  readonly arguments: readonly ArgumentSpec[]
  readonly options: readonly OptionSpec[]
  /** At least two. */
  readonly examples: readonly Example[]
  /** From its first argument on, everything belongs to the command it runs. */
  readonly passesThrough: boolean
  /** Makes values of the texts and does the work. @throws `usage-invalid`, what the operation refuses */
  readonly execute: (session: Session, texts: CommandTexts) => Promise<ExitCode>
}

/** What a command works with. */
export interface Session {
  readonly output: Output
  /** Every verb there is, for commands about commands. */
  readonly verbs: readonly Verb[]
  /** Milliseconds since the Unix epoch, UTC, for "3 minutes ago". */
  readonly nowMs: number
  /** What a command that mlv runs is connected to. */
  readonly commandTerminal: () => CommandTerminal
  /** How to open the repository, for a command that must also work without one. */
  readonly openOptions: OpenOptions
  /** Opens the repository, does the work and closes it, whatever comes of the work. */
  readonly withRepository: <Result>(work: (repository: Repository) => Promise<Result>) => Promise<Result>
}

/** What a person wants of a verb; help lists verbs under it. */
export type VerbGroup = 'record' | 'look' | 'models' | 'review' | 'reproduce' | 'share' | 'maintain'

/** A verb: the name and summary of a command that is not loaded yet. */
export interface Verb {
  readonly name: string
  readonly group: VerbGroup
  /** The command's own summary; a test holds that they agree. */
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** A command as its own file writes it. */
export interface CommandSpec<Arguments extends ArgumentSpecs, Options extends OptionSpecs> {
  readonly name: string
  readonly summary: string
  readonly details?: readonly string[]
  /** In the order they are typed. */
  readonly arguments: Arguments
  readonly options: Options
  readonly examples: readonly [Example, Example, ...Example[]]
  readonly passesThrough?: boolean
  readonly run: (session: Session, input: Values<Arguments>, options: Values<Options>) => Promise<ExitCode>
}

type ArgumentSpecs = Readonly<Record<string, ArgumentSpec>>
type OptionSpecs = Readonly<Record<string, OptionSpec>>
type ItemOf<Spec> = Spec extends { readonly valueOf: (...given: never[]) => infer Item } ? Item : never

/** The values of specs by key. What may be absent is an optional member, never one that is `undefined`. */
export type Values<Specs> = {
  readonly [Key in keyof Specs as undefined extends ItemOf<Specs[Key]> ? never : Key]: ItemOf<Specs[Key]>
} & {
  readonly [Key in keyof Specs as undefined extends ItemOf<Specs[Key]> ? Key : never]?: Exclude<
    ItemOf<Specs[Key]>,
    undefined
  >
}

/** Closes over the types of a command, so that all commands can be handled alike. */
export function defineCommand<Arguments extends ArgumentSpecs, Options extends OptionSpecs>(
  spec: CommandSpec<Arguments, Options>,
): Command {
  return {
    name: spec.name,
    summary: spec.summary,
    details: spec.details ?? [],
    arguments: Object.values(spec.arguments),
    options: Object.values(spec.options),
    examples: spec.examples,
    passesThrough: spec.passesThrough ?? false,
    execute: (session, texts) => {
      const input = parseArguments(spec.arguments, texts)
      return spec.run(session, input, parseOptions(spec.options, texts))
    },
  }
}

function parseArguments<Specs extends ArgumentSpecs>(specs: Specs, texts: CommandTexts): Values<Specs> {
  const values = Object.entries(specs).map(
    ([key, spec], index) => [key, spec.valueOf(texts.arguments[index], texts.rest)] as const,
  )
  return Object.fromEntries(values.filter(isGiven)) as Values<Specs>
}

function parseOptions<Specs extends OptionSpecs>(specs: Specs, texts: CommandTexts): Values<Specs> {
  const values = Object.entries(specs).map(([key, spec]) => {
    return [key, spec.valueOf(texts.options.get(spec.flags) ?? [])] as const
  })
  return Object.fromEntries(values.filter(isGiven)) as Values<Specs>
}

function isGiven([, value]: readonly [string, unknown]): boolean {
  return value !== undefined
}
