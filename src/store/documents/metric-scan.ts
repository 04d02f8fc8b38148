/**
 * Parameters and metrics of a run as mlv writes them, read in one pass. Runs of a branch have mostly the same keys in
 * the same order, so each line is first held against the line that the last record had in its place.
 */
import { readCanonicalYaml } from '../../base/canonical-yaml-read.ts'
import { jsonStringEnd } from '../../base/json-string.ts'
import { compareText } from '../../base/order.ts'
import { isScalar, isValueList, isValueMap } from '../../base/value.ts'
import { Failure } from '../../domain/failure.ts'
import { parseParameterKey } from '../../domain/key.ts'
import type { MetricKey, ParameterKey } from '../../domain/key.ts'
import type { Goal, Metric, Metrics } from '../../domain/metric.ts'
import { singleValue } from '../../domain/metric-summary.ts'
import type { Parameters, ParameterValue } from '../../domain/parameter.ts'
import { metricKey } from './metric-fields.ts'
import { scanAnyNumber, scanInteger, scanNumber } from './number-scan.ts'
import type { Scan } from './number-scan.ts'
import { rememberParsed } from './parsed-keys.ts'
import { parametersOf } from './run-fields.ts'

const NEWLINE = 10
const SPACE = 32
const QUOTE = 34
const DASH = 45
const ZERO = 48
const NINE = 57

/** Values longer than this are read each time. */
const LONGEST_REMEMBERED = 64
const MOST_REMEMBERED = 4096

/** Reads `metrics:` and all below it; `undefined` for what is unusual. */
export function scanMetrics(scan: Scan): Metrics | undefined {
  if (accept(scan, 'metrics: {}\n')) return new Map()
  if (!accept(scan, 'metrics:\n')) return undefined
  const metrics = new Map<MetricKey, Metric>()
  let previous: MetricKey | undefined
  while (scan.text.charCodeAt(scan.at) === SPACE) {
    const key = metricLines.take(scan, metrics.size, previous)
    if (key === undefined) return undefined
    // Most metrics are one line.
    if (accept(scan, '\n    last: ')) metrics.set(key, scanLast(scan))
    else if (accept(scan, '\n')) metrics.set(key, scanMetric(scan))
    else return undefined
    if (scan.isUnusual) return undefined
    previous = key
  }
  return metrics.size === 0 ? undefined : metrics
}

/** Reads `parameters:` and all below it; `undefined` for what is unusual. */
export function scanParameters(scan: Scan): Parameters | undefined {
  if (accept(scan, 'parameters: {}\n')) return new Map()
  if (!accept(scan, 'parameters:\n')) return undefined
  const parameters = new Map<ParameterKey, ParameterValue>()
  let previous: ParameterKey | undefined
  while (scan.text.charCodeAt(scan.at) === SPACE) {
    const key = parameterLines.take(scan, parameters.size, previous)
    if (key === undefined) return undefined
    const value = scanParameter(scan)
    if (value === undefined || scan.isUnusual) return undefined
    parameters.set(key, value)
    previous = key
  }
  return parameters.size === 0 ? undefined : parameters
}

/** Keys by their place among their neighbours, each with the line that begins with it. */
class KeyLines<Key extends string> {
  readonly #parse: (text: string) => Key
  readonly #known: { readonly key: Key; readonly line: string }[] = []

  constructor(parse: (text: string) => Key) {
    this.#parse = parse
  }

  /** Reads two spaces, a key that comes after `previous`, and its colon. */
  take(scan: Scan, index: number, previous: Key | undefined): Key | undefined {
    const known = this.#known[index]
    const isNext = index === 0 || this.#known[index - 1]?.key === previous
    if (known !== undefined && isNext && scan.text.startsWith(known.line, scan.at)) {
      scan.at += known.line.length
      return known.key
    }
    const found = this.#read(scan.text, scan.at)
    if (found === undefined || (previous !== undefined && compareText(previous, found.key) >= 0)) return undefined
    // Those behind it may be the same again; they are held against their own lines.
    this.#known[index] = found
    scan.at += found.line.length
    return found.key
  }

  #read(text: string, at: number): { readonly key: Key; readonly line: string } | undefined {
    if (!text.startsWith('  ', at)) return undefined
    const start = at + 2
    const end = text.charCodeAt(start) === QUOTE ? jsonStringEnd(text, start) : text.indexOf(':', start)
    if (end === undefined || end === -1 || text.charAt(end) !== ':') return undefined
    const token = text.slice(start, end)
    const [key] = readCanonicalYaml(`${token}: 0\n`)?.keys() ?? []
    return key === undefined ? undefined : unlessRefused(() => ({ key: this.#parse(key), line: `  ${token}:` }))
  }
}

const metricLines = new KeyLines(metricKey)
const parameterLines = new KeyLines(rememberParsed(parseParameterKey))

/** Reads the last value of a metric whose fields begin with it, and those that follow. */
function scanLast(scan: Scan): Metric {
  const last = scanNumber(scan)
  if (!isFieldAt(scan)) return { goal: 'none', tolerance: 0, summary: singleValue(last, 'none') }
  return withRest(scan, { goal: 'none', last })
}

/** Reads the fields of one metric, in their order, where something stands before the last value. */
function scanMetric(scan: Scan): Metric {
  const best = accept(scan, '    best: ') ? scanNumber(scan) : undefined
  const bestStep = accept(scan, '    bestStep: ') ? scanInteger(scan) : undefined
  const count = accept(scan, '    count: ') ? scanInteger(scan) : undefined
  const goal = scanGoal(scan)
  if (!accept(scan, '    last: ')) scan.isUnusual = true
  return withRest(scan, { best, bestStep, count, goal, last: scanNumber(scan) })
}

interface ScannedFields {
  readonly best?: number | undefined
  readonly bestStep?: number | undefined
  readonly count?: number | undefined
  readonly goal: Goal
  readonly last: number
}

/** Reads the fields after `last`, and makes the metric. */
function withRest(scan: Scan, { best, bestStep, count, goal, last }: ScannedFields): Metric {
  const max = accept(scan, '    max: ') ? scanNumber(scan) : undefined
  const min = accept(scan, '    min: ') ? scanNumber(scan) : undefined
  const tolerance = accept(scan, '    tolerance: ') ? scanNumber(scan) : 0
  const unit = accept(scan, '    unit: ') ? scanValue(scan) : undefined
  if (isFieldAt(scan) || !(tolerance >= 0)) scan.isUnusual = true
  const rule = { goal, tolerance }
  const metric = (summary: Metric['summary']): Metric => {
    return typeof unit === 'string' ? { ...rule, unit, summary } : { ...rule, summary }
  }
  if (unit !== undefined && typeof unit !== 'string') scan.isUnusual = true
  if (count === undefined) {
    // What is left out follows from the last value; what stands here without a count is not mlv's.
    if (best !== undefined || max !== undefined || min !== undefined) scan.isUnusual = true
    const summary = singleValue(last, goal)
    if (bestStep === undefined) return metric(summary)
    if (goal === 'none') scan.isUnusual = true
    return metric({ ...summary, best: { value: last, step: bestStep } })
  }
  if (max === undefined || min === undefined || count < 1 || (best === undefined && bestStep !== undefined)) {
    scan.isUnusual = true
    return metric(singleValue(last, goal))
  }
  if (best === undefined) return metric({ last, min, max, count })
  const preferred = bestStep === undefined ? { value: best } : { value: best, step: bestStep }
  return metric({ last, min, max, best: preferred, count })
}

function scanGoal(scan: Scan): Goal {
  if (accept(scan, '    goal: min\n')) return 'min'
  return accept(scan, '    goal: max\n') ? 'max' : 'none'
}

/** Reads what follows the colon of a parameter. */
function scanParameter(scan: Scan): ParameterValue | undefined {
  const next = scan.text.charCodeAt(scan.at)
  if (next === NEWLINE) return scanList(scan)
  if (next !== SPACE) return undefined
  scan.at += 1
  const first = scan.text.charCodeAt(scan.at)
  return first === DASH || (first >= ZERO && first <= NINE) ? scanAnyNumber(scan) : scanValue(scan)
}

const values = new Map<string, ParameterValue>()

/** Reads a value of one line and the end of the line: the words of a branch are few. */
function scanValue(scan: Scan): ParameterValue | undefined {
  const end = scan.text.indexOf('\n', scan.at)
  if (end === -1) return undefined
  const token = scan.text.slice(scan.at, end)
  const known = token.length > LONGEST_REMEMBERED ? undefined : values.get(token)
  scan.at = end + 1
  if (known !== undefined) return known
  const value = readCanonicalYaml(`k: ${token}\n`)?.get('k')
  if (value === undefined || isValueMap(value) || (isValueList(value) && value.length > 0)) {
    scan.isUnusual = true
    return undefined
  }
  const taken: ParameterValue = isScalar(value) ? value : []
  if (token.length <= LONGEST_REMEMBERED) {
    if (values.size >= MOST_REMEMBERED) values.clear()
    // A part of a text keeps the whole of it in memory.
    values.set(Buffer.from(token).toString(), taken)
  }
  return taken
}

/** Reads the lines of a list. */
function scanList(scan: Scan): ParameterValue | undefined {
  const start = scan.at + 1
  let end = start
  while (scan.text.startsWith('    ', end)) {
    const line = scan.text.indexOf('\n', end)
    if (line === -1) return undefined
    end = line + 1
  }
  const map = readCanonicalYaml(`k:\n  k:\n${scan.text.slice(start, end)}`)?.get('k')
  if (map === undefined) return undefined
  scan.at = end
  return unlessRefused(() => [...parametersOf(map, { file: '' }).values()][0])
}

/** Whether a further line of the same metric follows. */
function isFieldAt({ text, at }: Scan): boolean {
  return text.charCodeAt(at) === SPACE && text.charCodeAt(at + 2) === SPACE
}

function accept(scan: Scan, token: string): boolean {
  if (!scan.text.startsWith(token, scan.at)) return false
  scan.at += token.length
  return true
}

/** What is refused here is refused again, with its place, by the reader of whole documents. */
export function unlessRefused<Result>(read: () => Result): Result | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}
