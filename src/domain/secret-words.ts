/**
 * Secrets told by the names they are given under: `--api-key X`, `DB_PASSWORD=X`, the parameter `hub.token`.
 *
 * A record that hides a harmless value cannot be repeated, so names and values that are usual in training stay:
 * `pad_token`, `--max-tokens 512`, `--token-file /run/token`.
 */
import { isValueList } from '../base/value.ts'
import type { Parameters, ParameterValue } from './parameter.ts'

/** What stands where a secret stood. */
export const MASKED = '[secret masked]'

/** The words of a command without the secrets in them; `mask` takes out those that are known otherwise. */
export function maskCommand(command: readonly string[], mask: (text: string) => string): readonly string[] {
  return command.map((word, index) => {
    const option = /^--?([\w.-]+)$/.exec(command[index - 1] ?? '')?.[1]
    if (option !== undefined && !/^--?[a-z]/i.test(word) && isSecretUnder(option, word)) return MASKED
    const [, before = '', name = '', value = ''] = /^((?:--?)?([\w.-]+)=)(.*)$/s.exec(word) ?? []
    return isSecretUnder(name, value) ? `${before}${MASKED}` : mask(maskScript(word))
  })
}

/** Parameters without the secrets in them. */
export function maskParameters(parameters: Parameters, mask: (text: string) => string): Parameters {
  const masked = (key: string, value: ParameterValue): ParameterValue => {
    if (isValueList(value)) return value.map((each) => (typeof each === 'string' ? mask(each) : each))
    if (isSecretUnder(key, String(value))) return MASKED
    return typeof value === 'string' ? mask(value) : value
  }
  return new Map([...parameters].map(([key, value]) => [key, masked(key, value)]))
}

/** Tells whether a value that stands under a name is a secret. */
export function isSecretUnder(name: string, value: string): boolean {
  if (HARMLESS.test(value) || value.includes(MASKED)) return false
  if (CERTAIN.test(name)) return true
  return LIKELY.test(name) && !TOKEN_OF_TEXT.test(name) && value.length >= SHORTEST_LIKELY && !/^[\d.,_]+$/.test(value)
}

const CERTAIN =
  /(?:^|[-_.])(?:password|passwd|passphrase|secret|cred(?:ential)?s?|(?:api|secret|access|auth|private)[-_]?key)$/i
const LIKELY = /(?:^|[-_.])(?:token|pass|pwd)$/i
/** Words of language models and of loops over data. */
const TOKEN_OF_TEXT = new RegExp(
  '(?:pad|eos|bos|unk|mask|cls|sep|sot|eot|special|start|end|stop|image|audio|video|prompt|new|next|first|last|per)' +
    '[-_.]?token$',
  'i',
)
const SHORTEST_LIKELY = 8
/** Nothing, a switch, a special word of a vocabulary, a place to be filled, and the path of a file that holds it. */
const HARMLESS =
  /^$|^(?:true|false|yes|no|none|null)$|^[<[{$]|^(?:~|\.{1,2})\/|^\/(?:run|etc|home|root|var|mnt|opt|data|tmp|Users)\//i

/** A word can be a whole script: `sh -c 'TOKEN=X train --token X'`. */
function maskScript(word: string): string {
  if (!/\s/.test(word)) return word
  const masked = (found: string, before: string, name: string, value: string): string =>
    isSecretUnder(name, value) ? `${before}${MASKED}` : found
  return word.replace(OPTION_IN_SCRIPT, masked).replace(ASSIGNMENT_IN_SCRIPT, masked)
}

const OPTION_IN_SCRIPT = /((?<![\w.-])--?([\w.-]{1,60})[ \t=]{1,8}["']?)(?!-)([^\s"';]{1,500})/g
const ASSIGNMENT_IN_SCRIPT = /((?<![\w.-])([\w.]{1,60})=["']?)([^\s"';]{1,500})/g
