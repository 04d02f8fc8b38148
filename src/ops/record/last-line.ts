/**
 * The last line of what a command printed, as a terminal would show it.
 */
const LIMIT_CHARACTERS = 400
// ECMA-48: control sequences, operating system commands, and other escapes of two characters.
const ESCAPES = new RegExp(
  [
    String.raw`\u001b\[[0-?]*[ -/]*[@-~]`,
    String.raw`\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?`,
    String.raw`\u001b[ -/]*[0-~]`,
  ].join('|'),
  'g',
)

/**
 * Finds the last line that is not empty; `undefined` when there is none. Of a progress bar, which writes over itself
 * after a carriage return, it is what is seen. Sequences that colour text are left out; other text is not made safe.
 */
export function lastLineOf(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes).toString('utf8').replace(ESCAPES, '')
  const seen = text.split('\n').map((line) => line.split('\r').findLast((part) => part.trim() !== '') ?? '')
  const last = seen.findLast((line) => line.trim() !== '')
  return last === undefined ? undefined : last.trim().slice(0, LIMIT_CHARACTERS)
}
