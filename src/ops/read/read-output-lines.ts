/**
 * What a run printed, by lines: a window of them, those with a text, the one nearest a step. Live output is read from
 * its files as it grows; recorded output is unpacked once and kept while somebody looks.
 */
import { isLiveJournal, outputSources } from './output-source.ts'
import type { OutputSource } from './output-source.ts'
import type { RunId } from '../../domain/run.ts'
import { markOf, momentOf, plainLine, shownPart, zoneShiftMs } from '../../domain/output-line.ts'
import type { LineMark } from '../../domain/output-line.ts'
import type { SeriesSet } from '../../domain/series.ts'
import { openRowMap } from '../../store/data/row-map.ts'
import type { RowMap } from '../../store/data/row-map.ts'
import { findRun } from '../record/resume-run.ts'
import type { OutputStream } from '../record/tail-run.ts'
import type { Repository } from '../repository/repository.ts'
import { findRunSeries } from './read-run-series.ts'
import { remembering, sharing } from './table-cache.ts'

/** What is remembered of output that somebody looks at. */
export interface OutputCache {
  readonly sources: ReturnType<typeof remembering<readonly OutputSource[]>>
  readonly maps: ReturnType<typeof remembering<RowMap>>
  /** Points of a run take long to read, so that those who ask for them at once share them. */
  readonly points: ReturnType<typeof sharing<SeriesSet>>
}

/** One printed line. */
export interface OutputLine {
  /** With the codes of a terminal, which are anybody's bytes. */
  readonly text: string
  readonly isCut: boolean
  readonly mark: LineMark | undefined
}

/** A window of lines. */
export interface OutputWindow {
  readonly run: RunId
  readonly isLive: boolean
  readonly streams: readonly { readonly name: OutputStream; readonly sizeBytes: number; readonly lines: number }[]
  /** `undefined` when nothing was printed. */
  readonly stream: OutputStream | undefined
  readonly from: number
  readonly lines: readonly OutputLine[]
}

/** Where lines were found. */
export interface FoundLines {
  readonly stream: OutputStream | undefined
  /** Counted from 0, in order. */
  readonly lines: readonly number[]
  /** There are more than these. */
  readonly isCut: boolean
  /** How the line nearest a step was found. */
  readonly by: 'text' | 'step' | 'epoch' | 'time' | undefined
}

const WHOLE = Number.MAX_SAFE_INTEGER
const FORMAT = { separator: undefined, countsEmpty: true }
const AT_ONCE = 2000
const MOST_FOUND = 1000
const SHOWN_CHARACTERS = 4000
const MOST_STREAMS = 12

/** Starts with nothing. */
export function openOutputCache(): OutputCache {
  return { sources: remembering(2), maps: remembering(MOST_STREAMS), points: sharing() }
}

/** Reads a window of one stream, the first that has lines when none is named. @throws as `outputSources` */
export async function readOutputLines(
  repository: Repository,
  cache: OutputCache,
  wanted: {
    readonly revision: string
    readonly stream: string | undefined
    readonly from: number
    readonly count: number
  },
): Promise<OutputWindow> {
  const opened = await openOutput(repository, cache, wanted.revision)
  const chosen = chosenOf(opened, wanted.stream)
  const lines = chosen === undefined ? [] : await linesOf(chosen, wanted.from, wanted.count)
  return {
    run: opened.run,
    isLive: opened.isLive,
    streams: opened.streams.map(({ source, map }) => {
      return { name: source.stream, sizeBytes: source.sizeBytes, lines: map.known() }
    }),
    stream: chosen?.source.stream,
    from: wanted.from,
    lines: lines.map(({ text, isCut }) => {
      const shown = shownPart(text)
      return {
        text: shown.slice(0, SHOWN_CHARACTERS),
        isCut: isCut || shown.length > SHOWN_CHARACTERS,
        mark: markOf(plainLine(shown.slice(0, SHOWN_CHARACTERS))),
      }
    }),
  }
}

/** Finds lines with a text, whatever the case; codes of a terminal do not count. @throws as `outputSources` */
export async function findOutputText(
  repository: Repository,
  cache: OutputCache,
  { revision, stream, text }: { readonly revision: string; readonly stream: string | undefined; readonly text: string },
): Promise<FoundLines> {
  const chosen = chosenOf(await openOutput(repository, cache, revision), stream)
  const wanted = text.toLowerCase()
  const lines: number[] = []
  if (chosen !== undefined) {
    for await (const { line, index } of allLines(chosen)) {
      if (plainLine(line).toLowerCase().includes(wanted)) lines.push(index)
      if (lines.length > MOST_FOUND) break
    }
  }
  const isCut = lines.length > MOST_FOUND
  return { stream: chosen?.source.stream, lines: lines.slice(0, MOST_FOUND), isCut, by: 'text' }
}

/**
 * Finds the line nearest a step: one that names a step, else an epoch; else the last that was printed, by the time it
 * begins with, before the point was logged.
 *
 * @throws as `outputSources`
 */
export async function findOutputStep(
  repository: Repository,
  cache: OutputCache,
  { revision, stream, step }: { readonly revision: string; readonly stream: string | undefined; readonly step: number },
): Promise<FoundLines> {
  const opened = await openOutput(repository, cache, revision)
  const chosen = chosenOf(opened, stream)
  if (chosen === undefined) return { stream: undefined, lines: [], isCut: false, by: undefined }
  const near: Record<LineMark['unit'], { line: number; away: number } | undefined> = {
    step: undefined,
    epoch: undefined,
  }
  let first: LineMoment | undefined
  for await (const { line, index } of allLines(chosen)) {
    const plain = plainLine(line)
    const mark = markOf(plain)
    const away = mark === undefined ? Infinity : Math.abs(mark.number - step)
    if (mark !== undefined && away < (near[mark.unit]?.away ?? Infinity)) near[mark.unit] = { line: index, away }
    const moment = near.step === undefined && first === undefined ? momentOf(plain) : undefined
    if (moment !== undefined) first = { line: index, ...moment }
  }
  const name = chosen.source.stream
  const unit = near.step === undefined ? 'epoch' : 'step'
  const found = near[unit]
  if (found !== undefined) return { stream: name, lines: [found.line], isCut: false, by: unit }
  const series =
    first === undefined ? undefined : await cache.points(opened.run, () => pointsOf(repository, opened.run))
  const atMs = series === undefined ? undefined : momentOfStep(series, step)
  const line = first === undefined || atMs === undefined ? undefined : await lineAt(chosen, first, atMs)
  return {
    stream: name,
    lines: line === undefined ? [] : [line],
    isCut: false,
    by: line === undefined ? undefined : 'time',
  }
}

async function pointsOf(repository: Repository, run: RunId): Promise<SeriesSet> {
  return (await (await findRunSeries(repository, run)).read()).series
}

/** When the first metric that has a time reached a step. */
function momentOfStep(series: SeriesSet, step: number): number | undefined {
  for (const { steps, times } of series.values()) {
    const at = steps.findIndex((each) => each >= step)
    const atMs = times?.[at]
    if (atMs !== undefined && !Number.isNaN(atMs)) return atMs
  }
  return undefined
}

/** A line that begins with a time. */
interface LineMoment {
  readonly line: number
  readonly atMs: number
  readonly hasZone: boolean
}

/** The last line that was printed before. Lines are read a second time: moments of all would not fit in memory. */
async function lineAt(stream: OpenedStream, first: LineMoment, atMs: number): Promise<number> {
  const shift = first.hasZone ? 0 : zoneShiftMs(first.atMs, stream.source.startedMs)
  let last = first.line
  for await (const { line, index } of allLines(stream, first.line)) {
    const moment = momentOf(plainLine(line))
    // A logger rounds to seconds.
    if (moment !== undefined && moment.atMs - shift <= atMs + 999) last = index
  }
  return last
}

interface OpenedStream {
  readonly source: OutputSource
  readonly map: RowMap
}

interface OpenedOutput {
  readonly run: RunId
  readonly isLive: boolean
  readonly streams: readonly OpenedStream[]
}

async function openOutput(repository: Repository, cache: OutputCache, revision: string): Promise<OpenedOutput> {
  const run = await findRun(repository, revision)
  const live = await isLiveJournal(repository, run)
  const sources =
    live === undefined
      ? await cache.sources(run, () => outputSources(repository, run))
      : await outputSources(repository, run)
  const streams = await Promise.all(
    sources.map(async (source) => {
      const map = await cache.maps(`${run} ${source.key}`, () => Promise.resolve(openRowMap(FORMAT)))
      await map.extend(source, WHOLE, WHOLE)
      return { source, map }
    }),
  )
  return { run, isLive: live === true, streams: streams.filter(({ source }) => source.sizeBytes > 0) }
}

function chosenOf({ streams }: OpenedOutput, stream: string | undefined): OpenedStream | undefined {
  return streams.find(({ source }) => source.stream === stream) ?? streams[0]
}

/** Windows are bounded by bytes as well, so long lines take several. */
async function linesOf({ source, map }: OpenedStream, from: number, count: number) {
  return map.rows(source, from, Math.min(count, Math.max(0, map.known() - from)))
}

async function* allLines(
  stream: OpenedStream,
  from = 0,
): AsyncGenerator<{ readonly line: string; readonly index: number }> {
  for (let index = from; ;) {
    const lines = await linesOf(stream, index, AT_ONCE)
    if (lines.length === 0) return
    for (const { text } of lines) {
      yield { line: shownPart(text), index }
      index += 1
    }
  }
}
