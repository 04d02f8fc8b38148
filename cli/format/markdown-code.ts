/**
 * Untrusted text inside Markdown code, where nothing in it is Markdown.
 *
 * A fence is longer than the longest run of backticks inside, so text cannot close it: CommonMark 0.31, sections 4.5
 * and 6.1. A pipe ends a table cell even inside code unless a backslash stands before it: GFM, section 4.10.
 */
import { printable } from '../../src/base/printable.ts'

const LIMIT_SPAN = 200

/** Writes text as a code span on one line; line ends are shown as ⏎, long text is cut. */
export function codeSpan(text: string): string {
  const shown = spanText(text)
  const fence = fenceFor(shown, 1)
  // A space on both sides is taken away by the reader; it keeps a backtick at the edge apart from the fence.
  const padding = /^[`\s]|[`\s]$/.test(shown) ? ' ' : ''
  return shown === '' ? '' : `${fence}${padding}${shown}${padding}${fence}`
}

/**
 * Writes text as a code span inside a table cell.
 *
 * A backslash right before a pipe is spelled out: `\\|` is an escaped backslash to some readers and an end of the cell.
 */
export function tableCode(text: string): string {
  return codeSpan(text)
    .replace(/\\(?=\|)/g, '\\x5c')
    .replaceAll('|', '\\|')
}

/** Writes text as a fenced block, one string a line. */
export function codeBlock(text: string): readonly string[] {
  const lines = text.split('\n').map(printable)
  const fence = fenceFor(lines.join('\n'), 3)
  return [`${fence}text`, ...lines, fence]
}

function spanText(text: string): string {
  const cut = text.length > LIMIT_SPAN ? `${text.slice(0, LIMIT_SPAN)}…` : text
  return printable(cut.replace(/\r\n|[\r\n\u2028\u2029]/g, '⏎'))
}

function fenceFor(text: string, least: number): string {
  const runs = text.match(/`+/g) ?? []
  const longest = runs.reduce((length, run) => Math.max(length, run.length), 0)
  return '`'.repeat(Math.max(least, longest + 1))
}
