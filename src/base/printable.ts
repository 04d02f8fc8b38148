/**
 * Untrusted text made safe to show: nothing a terminal or a reader could act on survives.
 */

// C0, DEL, C1, soft hyphen, bidirectional controls, zero-width characters, line separators, byte order mark,
// annotation marks, tag characters, lone surrogates.
const HIDDEN = new RegExp(
  [
    String.raw`[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e]`,
    String.raw`[\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]`,
    String.raw`\p{Cs}`,
  ].join('|'),
  'u',
)
const HIDDEN_ALL = new RegExp(HIDDEN.source, 'gu')

/** Position (UTF-16 index) of the first hidden character, or `undefined` when every character can be seen. */
export function hiddenCharacterAt(text: string): number | undefined {
  const found = HIDDEN.exec(text)
  return found === null ? undefined : found.index
}

/** Writes hidden characters as `\xNN`, `\uNNNN` or `\u{NNNNN}`; all other text is unchanged. */
export function printable(text: string): string {
  return text.replace(HIDDEN_ALL, (character) => {
    const code = character.codePointAt(0) ?? 0
    const digits = code.toString(16)
    if (code < 0x100) return `\\x${digits.padStart(2, '0')}`
    return code < 0x10000 ? `\\u${digits.padStart(4, '0')}` : `\\u{${digits}}`
  })
}

/** Quotes untrusted text in single quotes for a message; long text is cut to 200 characters. */
export function quoted(text: string): string {
  const shown = text.length > 200 ? `${text.slice(0, 200)}…` : text
  return `'${printable(shown)}'`
}

/** Quotes untrusted names for a message: at most ten, and counts the rest. */
export function quotedList(items: readonly string[]): string {
  const shown = items.slice(0, 10).map(quoted).join(', ')
  return items.length > 10 ? `${shown} and ${items.length - 10} more` : shown
}
