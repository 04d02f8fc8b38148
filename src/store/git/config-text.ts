/**
 * Reads the text of one git config file, as git-config(1) describes the syntax. Includes are not followed: git itself
 * ignores them where mlv reads a file alone, for `extensions.*` and `core.worktree`.
 */

/** Values by `section.key` or `section.subsection.key`, in file order. Section and key are lower case. */
export type ConfigValues = ReadonlyMap<string, readonly string[]>

const SECTION = /^\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/
const KEY = /^([A-Za-z][A-Za-z0-9-]*)[ \t]*(=|\n|$)/
const ESCAPES: { readonly [Letter in string]: string } = { n: '\n', t: '\t', b: '\b', '\\': '\\', '"': '"' }

/** Reads a config file; `undefined` when git would call it bad. */
export function parseConfigText(text: string): ConfigValues | undefined {
  const values = new Map<string, string[]>()
  let section: string | undefined
  let rest = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')
  while ((rest = rest.trimStart()) !== '') {
    if (rest.startsWith('#') || rest.startsWith(';')) {
      rest = afterLine(rest)
      continue
    }
    const header = SECTION.exec(rest)
    if (header !== null) {
      section = sectionName(header[1] ?? '', header[2])
      rest = rest.slice(header[0].length)
      continue
    }
    const item = readItem(rest)
    if (item === undefined) return undefined
    const name = section === undefined ? item.key : `${section}.${item.key}`
    values.set(name, [...(values.get(name) ?? []), item.value])
    rest = rest.slice(item.length)
  }
  return values
}

/** The last value of a key, which is the one that counts. */
export function configValue(values: ConfigValues, key: string): string | undefined {
  return values.get(key)?.at(-1)
}

/** Reads a boolean as git does; `undefined` when the key is absent or its value is none. */
export function configBoolean(values: ConfigValues, key: string): boolean | undefined {
  return booleanOf(configValue(values, key))
}

/** Reads `true yes on 1` and `false no off 0` and the empty text, whatever the case. */
export function booleanOf(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined
  if (/^(?:true|yes|on|[1-9]\d*)$/i.test(text)) return true
  return /^(?:false|no|off|0|)$/i.test(text) ? false : undefined
}

function sectionName(name: string, subsection: string | undefined): string {
  const section = name.toLowerCase()
  return subsection === undefined ? section : `${section}.${subsection.replace(/\\(.)/g, '$1')}`
}

function readItem(text: string): { key: string; value: string; length: number } | undefined {
  const match = KEY.exec(text)
  if (match === null) return undefined
  const key = (match[1] ?? '').toLowerCase()
  // A key alone on its line is true.
  if (match[2] !== '=') return { key, value: 'true', length: match[0].length }
  const read = readValue(text, match[0].length)
  return read === undefined ? undefined : { key, value: read.value, length: read.end }
}

/** Reads up to the end of the line: quotes and escapes are resolved, a comment and outer blanks are dropped. */
function readValue(text: string, start: number): { value: string; end: number } | undefined {
  let value = ''
  // What lies beyond this length is blank and unquoted, so it counts only when more follows.
  let solid = 0
  let isQuoted = false
  for (let at = start; ; at += 1) {
    const character = text.charAt(at)
    if (character === '' || character === '\n') return isQuoted ? undefined : { value: value.slice(0, solid), end: at }
    if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && (character === '#' || character === ';')) {
      return { value: value.slice(0, solid), end: text.length - afterLine(text.slice(at)).length }
    } else if (character === '\\') {
      at += 1
      const escaped = text.charAt(at) === '\n' ? '' : ESCAPES[text.charAt(at)]
      if (escaped === undefined) return undefined
      value += escaped
      solid = value.length
    } else if (isQuoted || !/\s/.test(character)) {
      value += character
      solid = value.length
    } else if (value !== '') value += character
  }
}

function afterLine(text: string): string {
  const end = text.indexOf('\n')
  return end < 0 ? '' : text.slice(end + 1)
}
