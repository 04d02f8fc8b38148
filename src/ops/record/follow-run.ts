/**
 * Follows what a live run logs and prints, in bounded memory and without reading anything twice: each look reads what
 * was added since the look before.
 */
import { basename, join } from 'node:path'
import { Failure } from '../../domain/failure.ts'
import type { MetricKey, ParameterKey } from '../../domain/key.ts'
import { parseLogEntry } from '../../domain/log-entry.ts'
import type { ParameterValue } from '../../domain/parameter.ts'
import type { RunId } from '../../domain/run.ts'
import { openSketch } from '../../domain/series-sketch.ts'
import type { SeriesSketch } from '../../domain/series-sketch.ts'
import { readStrictJson } from '../../store/documents/strict-json.ts'
import { journalFolder } from '../../store/journal/journal.ts'
import { addPoint } from '../../store/logs/log-columns.ts'
import type { MetricColumn } from '../../store/logs/log-columns.ts'
import { quickLineReader } from '../../store/logs/quick-line.ts'
import { readAppended } from '../../store/logs/read-appended.ts'
import type { Repository } from '../repository/repository.ts'
import { lastLineOf } from './last-line.ts'
import { LOG_FILES, OUTPUT_STREAMS, outputPath } from './tail-run.ts'

/** A run that is being written, as far as it was read. */
export interface RunFollower {
  /** Reads on, no more than a few megabytes at once; true when something was new. @throws the disk's refusals */
  readonly look: () => Promise<boolean>
  /** The curves so far, samples of the machine among them. */
  readonly curves: ReadonlyMap<MetricKey, SeriesSketch>
  /** What was logged, later values in the place of earlier ones. */
  readonly parameters: ReadonlyMap<ParameterKey, ParameterValue>
  /** The last line that was printed and is not empty, cut to a few hundred characters; absent before the first. */
  readonly lastLine: () => string | undefined
}

/** More metrics than anybody looks at are not followed. */
const LIMIT_METRICS = 2_000
/** What one look reads of one file. */
const LIMIT_LOOK_BYTES = 4 * 1024 * 1024
/** Of a file that is longer when it is first seen, only the end is read: a curve of it begins there. */
const LIMIT_FIRST_BYTES = 16 * 1024 * 1024
/** What is read of the end of an output. */
const LINE_BYTES = 4 * 1024
const NEWLINE = 0x0a

/** Starts to follow a run; nothing is read before the first look. */
export function followRun(repository: Repository, run: RunId): RunFollower {
  const curves = new Map<MetricKey, SeriesSketch>()
  const parameters = new Map<ParameterKey, ParameterValue>()
  const logs = new Map<string, LogFollower>()
  const outputs = new Map<string, number>()
  const folder = journalFolder(repository.journals, run)
  let line: string | undefined
  const lookAtOutput = async (): Promise<boolean> => {
    let isNew = false
    for (const stream of OUTPUT_STREAMS) {
      const path = outputPath(repository, run, stream)
      const sizeBytes = (await repository.files.stat(path))?.sizeBytes ?? 0
      if (sizeBytes <= (outputs.get(path) ?? 0)) continue
      outputs.set(path, sizeBytes)
      const bytes = await readAppended(repository.files, path, Math.max(0, sizeBytes - LINE_BYTES))
      line = lastLineOf(bytes) ?? line
      isNew = true
    }
    return isNew
  }
  return {
    curves,
    parameters,
    lastLine: () => line,
    look: async () => {
      const entries = await repository.files.readFolder(folder)
      let isNew = await lookAtOutput()
      for (const { name } of entries) {
        if (!LOG_FILES.test(name)) continue
        const log = logs.get(name) ?? new LogFollower(repository, join(folder, name), { curves, parameters })
        logs.set(name, log)
        isNew = (await log.look()) || isNew
      }
      return isNew
    },
  }
}

/** Where entries go. */
interface Followed {
  readonly curves: Map<MetricKey, SeriesSketch>
  readonly parameters: Map<ParameterKey, ParameterValue>
}

/** Lives as long as its run is followed: how far one log file was read. */
class LogFollower {
  readonly #repository: Repository
  readonly #path: string
  readonly #followed: Followed
  /** Of this file alone: each counts the steps of points that say none. */
  readonly #columns = new Map<MetricKey, MetricColumn>()
  readonly #isTaken = quickLineReader({ of: (key) => this.#columnOf(key) })
  #position: number | undefined

  constructor(repository: Repository, path: string, followed: Followed) {
    this.#repository = repository
    this.#path = path
    this.#followed = followed
  }

  async look(): Promise<boolean> {
    const sizeBytes = (await this.#repository.files.stat(this.#path))?.sizeBytes ?? 0
    if (this.#position === undefined && sizeBytes > LIMIT_FIRST_BYTES) await this.#jump(sizeBytes - LIMIT_LOOK_BYTES)
    const start = this.#position ?? 0
    this.#position = start
    while (this.#position < sizeBytes && this.#position - start < LIMIT_LOOK_BYTES) {
      const read = await this.#take(this.#position)
      if (read === 0) break
      this.#position += read
    }
    return this.#position > start
  }

  /** Goes to the first line behind a place. */
  async #jump(place: number): Promise<void> {
    const bytes = await readAppended(this.#repository.files, this.#path, place)
    const newline = bytes.indexOf(NEWLINE)
    this.#position = place + (newline === -1 ? bytes.length : newline + 1)
  }

  /** Takes whole lines, and tells how many bytes they were. A line longer than what is read at once is passed over. */
  async #take(position: number): Promise<number> {
    const read = await readAppended(this.#repository.files, this.#path, position)
    const bytes = Buffer.from(read.buffer, read.byteOffset, read.length)
    const end = bytes.lastIndexOf(NEWLINE)
    if (end === -1) return bytes.length < CHUNK_BYTES ? 0 : bytes.length
    for (let start = 0; start <= end;) {
      const next = bytes.indexOf(NEWLINE, start)
      if (next > start && !this.#isQuick(bytes, start, next)) this.#takeCarefully(bytes.toString('utf8', start, next))
      start = next + 1
    }
    return end + 1
  }

  #isQuick(bytes: Buffer, start: number, end: number): boolean {
    try {
      return this.#isTaken(bytes, start, end)
    } catch (caught) {
      if (caught instanceof Failure) return true
      throw caught
    }
  }

  /** What cannot be read is told when the run is sealed. */
  #takeCarefully(line: string): void {
    try {
      const place = { file: basename(this.#path) }
      const { entry } = parseLogEntry(readStrictJson(line, place.file, { nonFinite: true }), place)
      if (entry.kind === 'parameters')
        for (const [key, value] of entry.values) this.#followed.parameters.set(key, value)
      if (entry.kind !== 'points') return
      for (const [key, value] of entry.values) addPoint(this.#columnOf(key), value, entry.step, entry.atMs)
    } catch (caught) {
      if (!(caught instanceof Failure)) throw caught
    }
  }

  #columnOf(key: MetricKey): MetricColumn {
    const known = this.#columns.get(key)
    if (known !== undefined) return known
    const { curves } = this.#followed
    const sketch = curves.get(key) ?? openSketch()
    if (curves.size < LIMIT_METRICS) curves.set(key, sketch)
    const column: MetricColumn = { key, points: sketch, nextStep: 0 }
    if (this.#columns.size < LIMIT_METRICS) this.#columns.set(key, column)
    return column
  }
}

/** As much as `readAppended` reads at once. */
const CHUNK_BYTES = 256 * 1024
