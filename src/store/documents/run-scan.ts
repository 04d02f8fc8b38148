/**
 * A reader of `run.yaml` as mlv writes it, for those who read a hundred thousand. It goes through the text once, knows
 * the fields, and remembers what the parts that repeat from run to run came to: the code, the environment, the command.
 *
 * Law: it reads what `decodeAnyRun` reads, or says nothing.
 */
import { isAscii, isUtf8 } from 'node:buffer'
import { parseInstant } from '../../base/clock.ts'
import type { Instant } from '../../base/clock.ts'
import { readCanonicalYaml } from '../../base/canonical-yaml-read.ts'
import { parseExperimentName, parseParameterKey } from '../../domain/key.ts'
import { parseGroup, parseRunId, parseWorkingFolder } from '../../domain/run.ts'
import type { RunEnd, RunId, SealedRun } from '../../domain/run.ts'
import { resourcesOf, segmentOf } from './captured-fields.ts'
import { integerValue, listOf, oneOf, textAs, textBy, textValue } from './decode.ts'
import type { Decoder } from './decode.ts'
import { DOCUMENT_LIMIT_BYTES } from './document-text.ts'
import { scanMetrics, scanParameters, unlessRefused } from './metric-scan.ts'
import type { Scan } from './number-scan.ts'
import { artifactPathValue, codeOf, datasetOf, runIdValue, sha256Value, totalsOf } from './run-fields.ts'

/** A place in a document. */
interface RunScan extends Scan {
  /** A part of the text, without the rest: a slice would keep the whole document in memory. */
  readonly copy: (start: number, end: number) => string
}

type Reader<Result> = (scan: RunScan) => Result | undefined

const SPACE = 32
/** Parts longer than this are read each time. */
const LONGEST_REMEMBERED = 4096
const MOST_REMEMBERED = 512
const ID_CHARACTERS = 26
const INSTANT_CHARACTERS = 24

/** Every field, in the order in which a document has them. */
const FIELDS = {
  code: remembered('code', codeOf),
  command: remembered('command', listOf(textValue)),
  datasets: remembered('datasets', listOf(datasetOf)),
  endedAt: quoted('endedAt', INSTANT_CHARACTERS, parseInstant),
  environment: remembered('environment', sha256Value),
  exitCode: decoded('exitCode', integerValue),
  experiment: remembered('experiment', textBy(parseExperimentName)),
  files: remembered('files', totalsOf),
  format: fixed('format: 1\n'),
  givenParameters: remembered('givenParameters', listOf(textBy(parseParameterKey))),
  group: remembered('group', textBy(parseGroup)),
  id: quoted('id', ID_CHARACTERS, parseRunId),
  kind: fixed('kind: run\n'),
  lastSeenAt: quoted('lastSeenAt', INSTANT_CHARACTERS, parseInstant),
  message: decoded('message', textValue),
  metrics: scanMetrics,
  parameters: scanParameters,
  parent: decoded('parent', runIdValue),
  resources: decoded('resources', resourcesOf),
  segments: decoded('segments', listOf(segmentOf)),
  seriesFull: remembered('seriesFull', artifactPathValue),
  signal: remembered('signal', textValue),
  startedAt: quoted('startedAt', INSTANT_CHARACTERS, parseInstant),
  status: remembered('status', oneOf('finished', 'failed', 'killed')),
  workingFolder: remembered('workingFolder', textAs(parseWorkingFolder, 'a folder')),
} satisfies { readonly [name: string]: Reader<unknown> }

type FieldName = keyof typeof FIELDS
type Found = { [Name in FieldName]?: NonNullable<ReturnType<(typeof FIELDS)[Name]>> }

const RANKS: ReadonlyMap<string, number> = new Map(Object.keys(FIELDS).map((name, rank) => [name, rank]))
const READERS: readonly FieldReader[] = Object.entries(FIELDS).map(([name, read]) => ({ name, head: `${name}:`, read }))

interface FieldReader {
  readonly name: string
  /** What its first line begins with. */
  readonly head: string
  readonly read: Reader<unknown>
}

/** The ranks of the fields of the last record: most runs of a branch have the same ones. */
const expected: number[] = []

/** Reads `run.yaml`; `undefined` for whatever is unusual about it. Never throws. */
export function scanRun(bytes: Uint8Array): SealedRun | undefined {
  const scan = scanOf(bytes)
  if (scan === undefined) return undefined
  const found: Record<string, unknown> = {}
  let next = 0
  for (let count = 0; scan.at < scan.text.length; count += 1) {
    const rank = rankAt(scan, expected[count])
    const field = rank === undefined || rank < next ? undefined : READERS[rank]
    if (rank === undefined || field === undefined) return undefined
    const value = field.read(scan)
    if (value === undefined || scan.isUnusual) return undefined
    expected[count] = rank
    found[field.name] = value
    next = rank + 1
  }
  return runOf(found)
}

/** The rank of the field that begins here; `undefined` for no field. `likely` is looked for first. */
function rankAt({ text, at }: RunScan, likely: number | undefined): number | undefined {
  const head = likely === undefined ? undefined : READERS[likely]?.head
  if (head !== undefined && text.startsWith(head, at)) return likely
  const colon = text.indexOf(':', at)
  return colon === -1 ? undefined : RANKS.get(text.slice(at, colon))
}

function scanOf(bytes: Uint8Array): RunScan | undefined {
  if (bytes.length > DOCUMENT_LIMIT_BYTES) return undefined
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (isAscii(buffer)) {
    const copy = (start: number, end: number): string => buffer.toString('latin1', start, end)
    return { text: buffer.toString('latin1'), at: 0, isUnusual: false, copy }
  }
  if (!isUtf8(buffer)) return undefined
  const text = buffer.toString('utf8')
  return { text, at: 0, isUnusual: false, copy: (start, end) => Buffer.from(text.slice(start, end)).toString('utf8') }
}

/** The record of the fields that were found; `undefined` when one is missing, or one too many is there. */
function runOf(found: Found): SealedRun | undefined {
  const { id, experiment, startedAt, parameters, metrics, datasets, code, environment, files } = found
  const end = endOf(found)
  if (found.format === undefined || found.kind === undefined || end === undefined) return undefined
  if (id === undefined || experiment === undefined || startedAt === undefined || parameters === undefined)
    return undefined
  if (metrics === undefined || datasets === undefined || code === undefined) return undefined
  if (environment === undefined || files === undefined) return undefined
  const { message, command, workingFolder, givenParameters, resources, segments, group, seriesFull, parent } = found
  return {
    id,
    experiment,
    startedAt,
    ...end,
    ...(message === undefined ? undefined : { message }),
    ...(command === undefined ? undefined : { command }),
    ...(workingFolder === undefined ? undefined : { workingFolder }),
    ...(givenParameters === undefined ? undefined : { givenParameters }),
    ...(resources === undefined ? undefined : { resources }),
    ...(segments === undefined ? undefined : { segments }),
    ...(group === undefined ? undefined : { group }),
    parameters,
    metrics,
    datasets,
    code,
    environment,
    files,
    ...(seriesFull === undefined ? undefined : { seriesFull }),
    ...(parent === undefined ? undefined : { parent }),
  }
}

function endOf({ status, endedAt, exitCode, lastSeenAt, signal }: Found): RunEnd | undefined {
  if (status === 'killed') {
    if (lastSeenAt === undefined || endedAt !== undefined || exitCode !== undefined) return undefined
    return { status, lastSeenAt, ...(signal === undefined ? undefined : { signal }) }
  }
  if (status === undefined || endedAt === undefined || lastSeenAt !== undefined || signal !== undefined)
    return undefined
  if (status === 'finished') return exitCode === undefined ? { status, endedAt } : undefined
  return exitCode === undefined ? undefined : { status, endedAt, exitCode }
}

/** A line that is always the same. */
function fixed(line: string): Reader<true> {
  return (scan) => {
    if (!scan.text.startsWith(line, scan.at)) return undefined
    scan.at += line.length
    return true
  }
}

/** A text of fixed length, in quotes because it begins with a digit; such texts differ from run to run. */
function quoted<Result extends RunId | Instant>(
  name: string,
  length: number,
  parse: (text: string) => Result | undefined,
): Reader<Result> {
  const head = `${name}: "`
  return (scan) => {
    const start = scan.at + head.length
    const end = start + length
    if (!scan.text.startsWith(head, scan.at) || !scan.text.startsWith('"\n', end)) return undefined
    scan.at = end + 2
    return parse(scan.copy(start, end))
  }
}

/** A field that is read by the reader of whole documents. */
function decoded<Result>(name: string, decode: Decoder<Result>): Reader<Result> {
  return (scan) => {
    const end = sectionEnd(scan)
    if (end === undefined) return undefined
    const value = readSection(name, decode, scan.copy(scan.at, end))
    scan.at = end
    return value
  }
}

/** A field that many runs have alike: what it came to is remembered by its text. */
function remembered<Result>(name: string, decode: Decoder<Result>): Reader<Result> {
  const known = new Map<string, Result>()
  let last: { readonly section: string; readonly value: Result } | undefined
  return (scan) => {
    const start = scan.at
    // A section of the same text is the same one, unless it goes on.
    if (last !== undefined && scan.text.startsWith(last.section, start)) {
      const end = start + last.section.length
      if (scan.text.charCodeAt(end) !== SPACE) {
        scan.at = end
        return last.value
      }
    }
    const end = sectionEnd(scan)
    if (end === undefined) return undefined
    scan.at = end
    if (end - start > LONGEST_REMEMBERED) return readSection(name, decode, scan.copy(start, end))
    const text = scan.text.slice(start, end)
    const same = known.get(text)
    const section = same === undefined ? scan.copy(start, end) : text
    const value = same ?? readSection(name, decode, section)
    if (value === undefined) return undefined
    if (same === undefined) {
      if (known.size >= MOST_REMEMBERED) known.clear()
      known.set(section, value)
    }
    last = { section, value }
    return value
  }
}

function readSection<Result>(name: string, decode: Decoder<Result>, section: string): Result | undefined {
  const value = readCanonicalYaml(section)?.get(name)
  return value === undefined ? undefined : unlessRefused(() => decode(value, { file: '', key: name }))
}

/** Where the next field begins. */
function sectionEnd({ text, at }: RunScan): number | undefined {
  let line = text.indexOf('\n', at)
  while (line !== -1 && text.charCodeAt(line + 1) === SPACE) line = text.indexOf('\n', line + 1)
  return line === -1 ? undefined : line + 1
}
