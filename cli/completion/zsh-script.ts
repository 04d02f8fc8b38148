/**
 * Completion for zsh, to be put on $fpath as `_mlv`, or sourced after compinit.
 */
import type { CompletionOption, CompletionVerb, CompletionWords } from './completion-words.ts'

/** Writes the script. */
export function zshScript(verbs: CompletionWords): string {
  return `#compdef mlv
_mlv() {
  local context state state_descr line
  typeset -A opt_args
  _arguments -C \\
    '(-C --folder)'{-C,--folder}'[work as if started in this folder]:folder:_files -/' \\
    '1: :->verb' \\
    '*:: :->rest'
  case $state in
    verb)
      local -a verbs
      verbs=(
${verbs.map(({ name, summary }) => `        ${quoted(`${name}:${summary}`)}`).join('\n')}
      )
      _describe command verbs ;;
    rest)
      case $words[1] in
${verbs.map(verbCase).join('\n')}
      esac ;;
  esac
}
if [[ $funcstack[1] == _mlv ]]; then
  _mlv "$@"
else
  compdef _mlv mlv
fi
`
}

function verbCase({ name, options, words }: CompletionVerb): string {
  const rest = words.length === 0 ? "'*:argument:_files'" : quoted(`*:argument:(${words.join(' ')})`)
  const specs = [...options.flatMap(optionSpecs), rest]
  return `        ${name})
          _arguments \\
            ${specs.join(' \\\n            ')} ;;`
}

/** Every form of an option may be given again, because a later one replaces or adds to an earlier one. */
function optionSpecs(option: CompletionOption): readonly string[] {
  const forms = option.short === undefined ? [option.long] : [option.short, option.long]
  const meaning = option.description.replace(/[[\]\\:]/g, '\\$&')
  const values = option.choices.length === 0 ? '_files' : `(${option.choices.join(' ')})`
  const value = option.takesValue ? `:value:${values}` : ''
  return forms.map((form) => quoted(`*${form}[${meaning}]${value}`))
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
