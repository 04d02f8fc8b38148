/**
 * Lines of output as data: pieces of text with a style each. Nothing here is text for a terminal yet, so nothing that
 * a name holds can act on one; `renderLine` is the only way out.
 */
import { printable } from '../../src/base/printable.ts'
import { asciiText } from './ascii.ts'

/** What a piece of text means, not how it looks. Curves are told apart by a hue and a letter. */
export type Style =
  'strong' | 'faint' | 'good' | 'bad' | 'warning' | 'subject' | 'chosen' | 'curve1' | 'curve2' | 'curve3' | 'curve4'

/** Text with a style, or plain text. */
export type Span = string | { readonly text: string; readonly style: Style }

/** One line, without its end. */
export type Line = readonly Span[]

/** How lines become text. */
export interface Rendering {
  readonly hasColor: boolean
  /** A GitHub Actions log is reading, which obeys commands in what it reads. */
  readonly isActionsLog: boolean
  /** The reader's terminal shows ASCII alone. */
  readonly isAscii?: boolean
}

// SGR parameters, ECMA-48 8.3.117: on, off.
const SGR: { readonly [S in Style]: readonly [number, number] } = {
  strong: [1, 22],
  faint: [2, 22],
  good: [32, 39],
  bad: [31, 39],
  warning: [33, 39],
  subject: [36, 39],
  chosen: [7, 27],
  curve1: [36, 39],
  curve2: [33, 39],
  curve3: [35, 39],
  curve4: [32, 39],
}

/** Gives a piece of text a style. */
export function styled(style: Style, text: string): Span {
  return { text, style }
}

/** The text of a line as it will be seen, without styles. */
export function plainText(line: Line): string {
  return line.map((span) => printable(typeof span === 'string' ? span : span.text)).join('')
}

/** Makes text of a line, without its end. What cannot be seen is escaped, whatever the line holds. */
export function renderLine(line: Line, rendering: Rendering): string {
  if (rendering.isActionsLog) return withoutActionsCommands(plainText(line))
  const text = line.map((span) => renderSpan(span, rendering.hasColor)).join('')
  return rendering.isAscii === true ? asciiText(text) : text
}

/**
 * Keeps a line from being a workflow command. The runner skips leading white space before it looks for `::`, so a
 * backslash and not a space goes before it; and it obeys `##[` anywhere in a line (ActionCommand.cs, actions/runner).
 */
export function withoutActionsCommands(text: string): string {
  const inert = text.replaceAll('##[', '##\\[')
  return inert.trimStart().startsWith('::') ? `\\${inert}` : inert
}

function renderSpan(span: Span, hasColor: boolean): string {
  if (typeof span === 'string') return printable(span)
  const shown = printable(span.text)
  if (!hasColor || shown === '') return shown
  const [on, off] = SGR[span.style]
  return `\u001b[${on}m${shown}\u001b[${off}m`
}
