/**
 * What the pages show of the files of a run, as the server's handlers answer it: tensors, evaluations, the first rows
 * of tables and the ends of output.
 */
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { RunDescription } from '../../ops/read/describe-run.ts'
import type { WireOutput, WireTable } from '../../server/wire.ts'
import type { ContentDocument, KeptAnswer, KeptOutput } from '../site-document.ts'
import type { AskRoute } from './ask-route.ts'

/** What is known of the files of a run. */
export interface KnownFiles {
  /** Digests of files that the site has, by path. */
  readonly chosen: { readonly [path: string]: string }
  /** Files that are in this clone. */
  readonly present: ReadonlySet<ArtifactFile>
}

const MOST_ROWS = 2_000
const ROWS_AT_ONCE = 500
const FIRST_LINES = 200
const LAST_LINES = 2_000
const LINES_AT_ONCE = 2_000
/** What a run printed. */
export const OUTPUT = /^output\/[^/]+\.txt\.gz$/
/** What the types of columns end with that could not be read. */
const UNREAD = /, not shown: /
const TABLE = /\.(?:csv|tsv|jsonl|ndjson|json|parquet)$/i

/** Asks for the content of a run; `undefined` where there is none. */
export async function gatherContent(
  ask: AskRoute,
  { row, files }: RunDescription,
  { chosen, present }: KnownFiles,
): Promise<ContentDocument | undefined> {
  const run = row.run.id
  const content = {
    evaluations: Object.keys(chosen).length === 0 ? null : await evaluationsOf(ask, run),
    tensors: await byPath(
      files.filter(({ tensors }) => tensors !== undefined).map(({ path }) => path),
      (path) => ask(`api/run/${run}/tensors?path=${encodeURIComponent(path)}`),
    ),
    tables: await byPath(
      Object.keys(chosen).filter((path) => TABLE.test(path)),
      (path) => tableOf(ask, run, path),
    ),
    output: files.some((file) => OUTPUT.test(file.path) && present.has(file)) ? await outputOf(ask, run) : null,
  }
  const { evaluations, tensors, tables, output } = content
  const isEmpty =
    evaluations === null && output === null && [tensors, tables].every((map) => Object.keys(map).length === 0)
  return isEmpty ? undefined : content
}

async function byPath<Item>(
  paths: readonly string[],
  make: (path: string) => Promise<Item | undefined>,
): Promise<{ readonly [path: string]: Item }> {
  const found: [path: string, item: Item][] = []
  for (const path of paths) {
    const item = await make(path)
    if (item !== undefined) found.push([path, item])
  }
  return Object.fromEntries(found)
}

async function evaluationsOf(ask: AskRoute, run: string): Promise<KeptAnswer | null> {
  const answer = await ask(`api/run/${run}/evaluations`)
  const { evaluations } = answer.body as { readonly evaluations?: readonly unknown[] }
  return answer.status !== 200 || evaluations?.length === 0 ? null : answer
}

/** `undefined` for what is no table. */
async function tableOf(ask: AskRoute, run: string, path: string): Promise<WireTable | undefined> {
  let table: WireTable | undefined
  for (let from = 0; from < MOST_ROWS; from = table.rows.length) {
    const { status, body } = await ask(
      `api/run/${run}/table?path=${encodeURIComponent(path)}&from=${from}&count=${ROWS_AT_ONCE}`,
    )
    if (status !== 200) return undefined
    const window = body as WireTable
    // Rows further down may have columns that earlier ones lack; those come last, so the longest list fits all rows.
    const known: WireTable['columns'] = table?.columns ?? []
    // What is said of a column that cannot be read is said beside rows.
    const isNothingNew = window.columns.length < known.length || (window.rows.length === 0 && table !== undefined)
    table = {
      ...window,
      columns: isNothingNew ? known : columnsOf(known, window.columns),
      from: 0,
      rows: [...(table?.rows ?? []), ...window.rows],
      isCut: window.isCut || table?.isCut === true,
    }
    if (window.rows.length === 0) break
  }
  return table
}

/** What a window said of a column that cannot be read holds for its rows, whatever those further down say. */
function columnsOf(known: WireTable['columns'], columns: WireTable['columns']): WireTable['columns'] {
  return columns.map((column, place) => (UNREAD.test(known[place]?.type ?? '') ? (known[place] ?? column) : column))
}

/** `null` for output that cannot be had. */
async function outputOf(ask: AskRoute, run: string): Promise<KeptOutput | null> {
  const { status, body } = await ask(`api/run/${run}/output?count=1`)
  if (status !== 200) return null
  const { streams } = body as WireOutput
  const parts: KeptOutput['parts'][number][] = []
  for (const { name, lines } of streams) {
    const windows =
      lines <= FIRST_LINES + LAST_LINES
        ? [[0, lines]]
        : [
            [0, FIRST_LINES],
            [lines - LAST_LINES, lines],
          ]
    for (const [start = 0, end = 0] of windows) {
      parts.push({
        stream: name,
        from: start,
        lines: await linesOf(ask, `api/run/${run}/output?stream=${name}`, start, end),
      })
    }
  }
  return { streams, parts }
}

/** An answer is bounded by its bytes as well, so that of long lines there are several. */
async function linesOf(ask: AskRoute, address: string, start: number, end: number): Promise<WireOutput['lines']> {
  const lines: WireOutput['lines'][number][] = []
  while (start + lines.length < end) {
    const count = Math.min(LINES_AT_ONCE, end - start - lines.length)
    const { status, body } = await ask(`${address}&from=${start + lines.length}&count=${count}`)
    const window = body as WireOutput
    if (status !== 200 || window.lines.length === 0) break
    lines.push(...window.lines)
  }
  return lines
}
