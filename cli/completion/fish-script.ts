/**
 * Completion for fish, to be put into ~/.config/fish/completions/mlv.fish.
 */
import type { CompletionOption, CompletionVerb, CompletionWords } from './completion-words.ts'

/** Writes the script. */
export function fishScript(verbs: CompletionWords): string {
  const lines = verbs.flatMap((verb) => [
    `complete -c mlv -n __fish_use_subcommand -f -a ${verb.name} -d ${quoted(verb.summary)}`,
    ...verb.options.map((option) => optionLine(verb, option)),
    ...wordLines(verb),
  ])
  return `# fish completion for mlv\n${lines.join('\n')}\n`
}

function optionLine(verb: CompletionVerb, option: CompletionOption): string {
  const short = option.short === undefined ? '' : ` -s ${option.short.slice(1)}`
  const choices = option.choices.length === 0 ? '' : ` -f -a ${quoted(option.choices.join(' '))}`
  const value = option.takesValue ? ' -r' : ''
  return `${conditionFor(verb)}${short} -l ${option.long.slice(2)}${value}${choices} -d ${quoted(option.description)}`
}

function wordLines(verb: CompletionVerb): readonly string[] {
  return verb.words.length === 0 ? [] : [`${conditionFor(verb)} -f -a ${quoted(verb.words.join(' '))}`]
}

function conditionFor({ name }: CompletionVerb): string {
  return `complete -c mlv -n '__fish_seen_subcommand_from ${name}'`
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
