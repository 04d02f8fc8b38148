/**
 * What a site shows of the files of a run: whole where that is little, else as much as it keeps.
 */
import { plainLine } from '../domain/output-line.ts'
import { windowOfTable } from '../domain/table-window.ts'
import type { TextTable } from '../domain/table-window.ts'
import { windowOfTables } from '../domain/tables-window.ts'
import { pairsAsked, rowsAsked, wireTables } from '../server/handlers/wire-tables.ts'
import { badRequest, ServerRefusal } from '../server/refusal.ts'
import type { WireFoundLines, WireOutput, WireTable, WireTables, WireText } from '../server/wire.ts'
import { textWindow } from '../server/handlers/text-window.ts'
import type { SiteQuestion } from './site-question.ts'
import { findSiteRun, loadRun } from './open-site.ts'
import type { OpenSite } from './open-site.ts'
import { contentDocument, fileDocument } from './site-document.ts'
import type { ContentDocument, FileDocument, KeptAnswer, KeptOutput } from './site-document.ts'

const USUAL_LINES = 500
const MOST_LINES = 2_000
/** As the server has it. */
const MOST_FOUND = 1_000
const MOST_PLACE = Number.MAX_SAFE_INTEGER

/** A refusal of what the site has no part of. */
export function notHere(what: string, why: string): ServerRefusal {
  return new ServerRefusal(404, 'server-copy', { what, why, next: 'mlv ui' })
}

/** A recorded file. */
export async function answerFile(question: SiteQuestion): Promise<FileDocument> {
  return (await fileOf(question)).file
}

/** Confusion matrices and curves. */
export async function answerEvaluations(question: SiteQuestion): Promise<KeptAnswer> {
  const { run, content } = await contentOf(question)
  return content?.evaluations ?? { status: 200, body: { run, evaluations: [], unread: 0 } }
}

/** The tensors of a file. */
export async function answerTensors(question: SiteQuestion): Promise<KeptAnswer> {
  const found = ownOf((await contentOf(question)).content?.tensors, pathOf(question))
  if (found === undefined) throw notHere('the tensors are not part of this copy', 'it has those that were recorded')
  return found
}

/** A window of a table: sorted and searched where all of it is part of the site, else its first rows. */
export async function answerTable(question: SiteQuestion): Promise<WireTable> {
  const { site, parts, query } = question
  const table = await tableOf(site, parts[0] ?? '', pathOf(question))
  const asked = { ...rowsAsked(query), sort: query.one('sort'), search: query.one('search') }
  const isWhole = isWholeTable(table)
  if (!isWhole && (asked.sort !== undefined || asked.search !== undefined)) {
    throw notHere('the copy has the first rows of this table alone', 'so it neither sorts nor searches it')
  }
  const { rows, total } = windowOfTable(textTable(table), asked)
  return { ...table, from: asked.from, rows, total, known: total, isSortable: isWhole, isCut: table.isCut || !isWhole }
}

/** A table of two runs. */
export async function answerTables({ site, query }: SiteQuestion): Promise<WireTables> {
  const pairs = pairsAsked(query)
  const required = (key: string): string => {
    const value = query.one(key)
    if (value === undefined) throw badRequest(`'${key}' is missing`)
    return value
  }
  const path = required('path')
  const left = await tableOf(site, required('base'), path)
  const right = await tableOf(site, required('head'), query.one('headPath') ?? path)
  if (!isWholeTable(left) || !isWholeTable(right)) {
    throw notHere('the copy has the first rows of these tables alone', 'so it does not compare them')
  }
  return wireTables(windowOfTables(textTable(left), textTable(right), pairs), pairs.from)
}

async function tableOf(site: OpenSite, run: string, path: string): Promise<WireTable> {
  const document = (await site.load(contentDocument(await findSiteRun(site, run)))) as ContentDocument | undefined
  const table = ownOf(document?.tables, path)
  if (table === undefined) throw notHere('the table is not part of this copy', 'it is large, or no table')
  return table
}

function isWholeTable({ rows, total }: WireTable): boolean {
  return rows.length === total
}

function textTable({ columns, rows, isCut }: WireTable): TextTable {
  return { columns: columns.map(({ name, type }) => (type === null ? { name } : { name, type })), rows, isCut }
}

/** Part of a file as text. */
export async function answerText(question: SiteQuestion): Promise<WireText> {
  const { run, file } = await fileOf(question)
  const bytes = Uint8Array.from(atob(file.base64), (character) => character.charCodeAt(0))
  const at = question.query.count('at', 0, MOST_PLACE)
  const head = { run, path: pathOf(question), sizeBytes: bytes.length, isVerified: true, at }
  return { ...head, ...textWindow(bytes.subarray(at), at, bytes.length) }
}

/** A window of the lines that a run printed; those that the site has not say so. */
export async function answerOutput(question: SiteQuestion): Promise<WireOutput> {
  const { query } = question
  const { run, content } = await contentOf(question)
  const from = query.count('from', 0, MOST_PLACE)
  const count = query.count('count', USUAL_LINES, MOST_LINES)
  const { streams, parts } = content?.output ?? { streams: [], parts: [] }
  const asked = query.one('stream')
  const stream = streams.find(({ name }) => (asked === undefined ? true : name === asked))
  const until = Math.min(stream?.lines ?? 0, from + count)
  const lines = Array.from({ length: Math.max(0, until - from) }, (_, index) =>
    lineAt(parts, stream?.name, from + index),
  )
  return { run, isLive: false, streams, stream: stream?.name ?? null, from, lines }
}

/** Lines with a text, or the one that names what is nearest a step; among the lines that the site has. */
export async function findOutput(question: SiteQuestion): Promise<WireFoundLines> {
  const { query } = question
  const [asked, text, step] = [query.one('stream'), query.one('search')?.toLowerCase(), query.number('step')]
  if ((text === undefined) === (step === undefined)) throw badRequest("either 'search' or 'step' says what to find")
  const { streams, parts } = (await contentOf(question)).content?.output ?? { streams: [], parts: [] }
  const stream = streams.find(({ name }) => (asked === undefined ? true : name === asked))
  const kept = parts.filter((part) => part.stream === stream?.name)
  const lines = kept.flatMap((part) => part.lines.map((line, index) => ({ ...line, place: part.from + index })))
  const isWhole = lines.length === (stream?.lines ?? 0)
  if (text !== undefined) {
    const found = lines.filter((line) => plainLine(line.text).toLowerCase().includes(text)).map(({ place }) => place)
    const isCut = found.length > MOST_FOUND || !isWhole
    return { stream: stream?.name ?? null, lines: found.slice(0, MOST_FOUND), isCut, by: 'text' }
  }
  for (const unit of ['step', 'epoch'] as const) {
    const marked = lines.flatMap(({ mark, place }) =>
      mark?.unit === unit ? [{ place, away: Math.abs(mark.number - (step ?? 0)) }] : [],
    )
    const least = Math.min(...marked.map(({ away }) => away))
    const nearest = marked.find(({ away }) => away === least)
    if (nearest !== undefined) return { stream: stream?.name ?? null, lines: [nearest.place], isCut: false, by: unit }
  }
  return { stream: stream?.name ?? null, lines: [], isCut: false, by: null }
}

function lineAt(
  parts: KeptOutput['parts'],
  stream: WireOutput['stream'] | undefined,
  place: number,
): WireOutput['lines'][number] {
  const part = parts.find((each) => {
    return each.stream === stream && place >= each.from && place < each.from + each.lines.length
  })
  return part?.lines[place - part.from] ?? { text: '(not part of this copy)', isCut: true, mark: null }
}

async function contentOf({
  site,
  parts,
}: SiteQuestion): Promise<{ readonly run: string; readonly content: ContentDocument | undefined }> {
  const run = await findSiteRun(site, parts[0] ?? '')
  return { run, content: (await site.load(contentDocument(run))) as ContentDocument | undefined }
}

async function fileOf(question: SiteQuestion): Promise<{ readonly run: string; readonly file: FileDocument }> {
  const { site, parts } = question
  const run = await findSiteRun(site, parts[0] ?? '')
  const sha256 = ownOf((await loadRun(site, run)).files, pathOf(question))
  const file = sha256 === undefined ? undefined : await site.load(fileDocument(sha256))
  if (file === undefined) {
    throw notHere('not part of this copy', 'files that are large, or that no page shows, are left out')
  }
  return { run, file: file as FileDocument }
}

/** A member that was written: `constructor` is the name of a file like any other. */
function ownOf<Item>(map: { readonly [key: string]: Item } | undefined, key: string): Item | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined
}

function pathOf({ query }: SiteQuestion): string {
  const path = query.one('path')
  if (path === undefined) throw badRequest("'path' is missing")
  return path
}
