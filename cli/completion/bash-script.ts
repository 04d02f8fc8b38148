/**
 * Completion for bash 3.2 and newer, without bash-completion.
 */
import type { CompletionVerb, CompletionWords } from './completion-words.ts'

/** Writes the script. All words in it are mlv's own and hold no character that is special to bash. */
export function bashScript(verbs: CompletionWords): string {
  const names = verbs.map(({ name }) => name)
  return `# bash completion for mlv
_mlv() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" verb= index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in
      -C|--folder) ((index++)) ;;
      -*) ;;
      *) verb="\${COMP_WORDS[index]}"; break ;;
    esac
  done
  local options= words= choices=
  case "$verb" in
${verbs.map(verbCase).join('\n')}
    *) words="${names.join(' ')}" ;;
  esac
  if [[ -n "$choices" ]]; then
    COMPREPLY=($(compgen -W "$choices" -- "$current"))
  elif [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  elif [[ -n "$words" ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  fi
}
complete -o default -F _mlv mlv
`
}

function verbCase({ name, options, words }: CompletionVerb): string {
  const flags = options.flatMap(({ long, short }) => (short === undefined ? [long] : [long, short]))
  const choices = options.filter((option) => option.choices.length > 0)
  const choiceCases = choices.map((option) => `${option.long}) choices="${option.choices.join(' ')}" ;;`)
  const previous = choiceCases.length === 0 ? '' : `\n      case "$previous" in ${choiceCases.join(' ')} esac`
  return `    ${name})
      options="${flags.join(' ')}" words="${words.join(' ')}"${previous} ;;`
}
