/**
 * The only way from a command to the terminal: data on standard output, talk on standard error.
 *
 * With `--json` data is one document and talk is silent, so that a failure is the only thing on standard error.
 */
import { hiddenCharacterAt } from '../src/base/printable.ts'
import { jsonText } from '../src/base/json-text.ts'
import { valueMap } from '../src/base/value.ts'
import type { Value, ValueMap } from '../src/base/value.ts'
import type { Environment, Stream } from './environment.ts'
import { drawTable, sheetRows } from './format/columns.ts'
import type { Table } from './format/columns.ts'
import { isAsciiTerminal } from './format/ascii.ts'
import { renderLine, withoutActionsCommands } from './format/line.ts'
import type { Line, Rendering } from './format/line.ts'

/** Where a command's words go. */
export interface Output {
  readonly isJson: boolean
  /** Data is read on a terminal. When it is not, print every digit and every name in full. */
  readonly isTerminal: boolean
  /** Cells a line of data may take; absent when data is not read on a terminal. */
  readonly width: number | undefined
  /** Lines data is read on; absent when that is not known. */
  readonly height: number | undefined
  /** Lines as text for the terminal that data is read on, for whoever draws there. */
  readonly render: (lines: readonly Line[]) => readonly string[]
  /** Prints the answer: the document with `--json`, else the lines. Only the one that is needed is made. */
  readonly answer: (document: () => ValueMap, lines: () => readonly Line[]) => void
  /** Prints the document whether or not there was `--json`. */
  readonly document: (document: ValueMap) => void
  /** Waits until whoever reads the data has room for more; `false` when nobody reads any more. */
  readonly room: () => Promise<boolean>
  /**
   * Prints a document of one member, a list, as its items come: what `document` prints, without holding it. Takes no
   * more of them when nobody reads any more.
   */
  readonly documentOfList: (member: string, items: AsyncIterable<readonly Value[]>) => Promise<void>
  /**
   * Prints the answer as a table: aligned on a terminal, else tab-separated. On a terminal that is too narrow for all
   * columns, what `hint` makes of the number that are hidden ends it.
   */
  readonly answerTable: (document: () => ValueMap, table: () => Table, hint?: (hidden: number) => Line) => void
  /** Prints rows as tab-separated values, whoever reads them; with a line of titles when asked. */
  readonly sheet: (table: Table, hasTitles: boolean) => void
  /** Prints records, each with its end: for a program as they are, on a terminal with what cannot be seen escaped. */
  readonly records: (records: readonly string[]) => void
  /** Prints a document where talk goes, because standard output is someone else's. */
  readonly talkDocument: (document: ValueMap) => void
  /** Says something about the work; never part of the data. */
  readonly talk: (...lines: readonly Line[]) => void
  /** Clears the screen data is read on; does nothing where that is no terminal. */
  readonly clear: () => void
  /** Shows how far the work is, over what was shown before; on a terminal only. Empty text clears it. */
  readonly progress: (text: string) => void
  /** Whether `progress` is seen by anyone. */
  readonly drawsProgress: boolean
}

/** How the reader wants it. */
export interface OutputWishes {
  readonly json: boolean
  readonly noColor: boolean
}

const JSON_INDENT = 2
const DEFAULT_WIDTH = 80
// ECMA-48: cursor home, erase to the end.
const CLEAR_SCREEN = '\u001b[H\u001b[2J'
const CLEAR_LINE = '\r\u001b[K'

/** Makes the output of one command. */
export function createOutput(environment: Environment, wishes: OutputWishes): Output {
  const { standardOutput, standardError } = environment
  const data = renderingFor(environment, standardOutput.isTerminal, wishes)
  const talk = renderingFor(environment, standardError.isTerminal, wishes)
  const printDocument = (document: ValueMap): void => {
    standardOutput.write(`${documentText(document, data)}\n`)
  }
  const drawsProgress = standardError.isTerminal && !wishes.json
  let isDrawn = false
  return {
    isJson: wishes.json,
    isTerminal: standardOutput.isTerminal,
    width: standardOutput.isTerminal ? (standardOutput.columns ?? DEFAULT_WIDTH) : undefined,
    height: standardOutput.isTerminal ? standardOutput.rows : undefined,
    render: (lines) => lines.map((line) => renderLine(line, data)),
    document: printDocument,
    room: standardOutput.room,
    documentOfList: (member, items) => printInParts(standardOutput, listDocumentText(member, items, data)),
    sheet: (table, hasTitles) => standardOutput.write(sheetText(table, data, hasTitles)),
    records: (records) => standardOutput.write(recordsText(records, data, standardOutput.isTerminal)),
    talkDocument: (document) => standardError.write(`${documentText(document, talk)}\n`),
    answer: (document, lines) => {
      if (wishes.json) printDocument(document())
      else standardOutput.write(textOfLines(lines(), data))
    },
    answerTable: (document, table, hint) => {
      if (wishes.json) printDocument(document())
      else if (standardOutput.isTerminal) {
        const { lines, hidden } = drawTable(table(), standardOutput.columns ?? DEFAULT_WIDTH)
        standardOutput.write(textOfLines([...lines, ...(hidden > 0 && hint ? [hint(hidden)] : [])], data))
      } else standardOutput.write(sheetText(table(), data))
    },
    talk: (...lines) => {
      if (wishes.json) return
      standardError.write(`${isDrawn ? CLEAR_LINE : ''}${textOfLines(lines, talk)}`)
      isDrawn = false
    },
    clear: () => {
      if (standardOutput.isTerminal) standardOutput.write(CLEAR_SCREEN)
    },
    drawsProgress,
    progress: (text) => {
      if (!drawsProgress) return
      standardError.write(`${CLEAR_LINE}${renderLine([text], talk)}`)
      isDrawn = text !== ''
    },
  }
}

async function printInParts({ write, room }: Stream, parts: AsyncIterable<string>): Promise<void> {
  for await (const text of parts) {
    write(text)
    if (!(await room())) return
  }
}

/**
 * Writes a document as JSON that any terminal can show: what cannot be seen is escaped, which changes no value.
 */
export function documentText(document: ValueMap, rendering: Pick<Rendering, 'isActionsLog'>): string {
  const text = withVisibleCharacters(jsonText(document, JSON_INDENT))
  // Within JSON this can only be part of a string, and a log of GitHub Actions would obey it.
  return rendering.isActionsLog ? text.replaceAll('##[', '#\\u0023[') : text
}

/** The text of a document with one member, a list, and the end of its line; in parts. */
async function* listDocumentText(
  member: string,
  items: AsyncIterable<readonly Value[]>,
  rendering: Pick<Rendering, 'isActionsLog'>,
): AsyncGenerator<string> {
  const documentOf = (some: readonly Value[]): string => documentText(valueMap({ [member]: some }), rendering)
  const empty = documentOf([])
  // What stands before and behind the items of a list that has some.
  const [head, tail] = [empty.slice(0, empty.lastIndexOf(']')), `\n${' '.repeat(JSON_INDENT)}]\n}`]
  let isFirst = true
  for await (const some of items) {
    if (some.length === 0) continue
    yield `${isFirst ? head : ','}${documentOf(some).slice(head.length, -tail.length)}`
    isFirst = false
  }
  yield `${isFirst ? empty : tail}\n`
}

/** How text for a stream is rendered: colour for a terminal whose reader did not refuse it (https://no-color.org). */
export function renderingFor(
  { variables }: Pick<Environment, 'variables'>,
  isTerminal: boolean,
  wishes: Pick<OutputWishes, 'noColor'>,
): Rendering {
  const isRefused = wishes.noColor || (variables['NO_COLOR'] ?? '') !== '' || variables['TERM'] === 'dumb'
  return {
    hasColor: isTerminal && !isRefused,
    isActionsLog: (variables['GITHUB_ACTIONS'] ?? '') !== '',
    isAscii: isTerminal && isAsciiTerminal(variables),
  }
}

/** Renders lines, each with its end. */
export function textOfLines(lines: readonly Line[], rendering: Rendering): string {
  return lines.map((line) => `${renderLine(line, rendering)}\n`).join('')
}

function recordsText(records: readonly string[], rendering: Rendering, isTerminal: boolean): string {
  const isRaw = !isTerminal && !rendering.isActionsLog
  const write = (record: string): string => (isRaw ? `${record}\n` : textOfLines([[record]], rendering))
  return records.map(write).join('')
}

function sheetText(table: Table, { isActionsLog }: Rendering, hasTitles = true): string {
  const rows = sheetRows(table).slice(hasTitles ? 0 : 1)
  return rows.map((row) => `${isActionsLog ? withoutActionsCommands(row) : row}\n`).join('')
}

function withVisibleCharacters(json: string): string {
  return json.split('\n').map(escapeHidden).join('\n')
}

function escapeHidden(line: string): string {
  const parts: string[] = []
  let rest = line
  for (let at = hiddenCharacterAt(rest); at !== undefined; at = hiddenCharacterAt(rest)) {
    const length = (rest.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
    parts.push(rest.slice(0, at), ...Array.from({ length }, (_, index) => unitEscape(rest.charCodeAt(at + index))))
    rest = rest.slice(at + length)
  }
  return parts.join('') + rest
}

function unitEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`
}
