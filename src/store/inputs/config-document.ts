/**
 * The text of an `mlv.yaml`, checked key by key. A key mlv does not know is a mistake, never ignored.
 */
import { closestNames } from '../../base/suggest.ts'
import { isValueList, isValueMap } from '../../base/value.ts'
import type { Value, ValueMap } from '../../base/value.ts'
import { parseArtifactPath } from '../../domain/artifact-path.ts'
import { EMPTY_CONFIG } from '../../domain/config.ts'
import type { Config } from '../../domain/config.ts'
import { refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import { parseExperimentName, parseMetricKey } from '../../domain/key.ts'
import type { MetricKey } from '../../domain/key.ts'
import type { Goal, MetricRule, MetricRules } from '../../domain/metric.ts'
import { parseModelName } from '../../domain/name.ts'
import type { EvaluationTable } from '../../domain/sample-flips.ts'
import { fieldsOf, required, textBy, textValue } from '../documents/decode.ts'
import type { Decoder } from '../documents/decode.ts'
import { gatesOf, refuseUnknown } from '../documents/gate-fields.ts'
import { readStrictYaml } from '../documents/strict-yaml.ts'

const KEYS = [
  'experiment',
  'params',
  'metrics',
  'series',
  'artifacts',
  'datasets',
  'model',
  'goals',
  'gates',
  'evaluation',
  'code',
]
const MODEL_KEYS = ['name', 'path']
const GOAL_KEYS = ['goal', 'tolerance', 'unit']

/**
 * Reads the text of an `mlv.yaml`; an empty one configures nothing.
 *
 * @throws `document-malformed` with the key and its line, `name-invalid`, `path-escape` and the other refusals of
 * artifact paths, and every refusal of the strict YAML reader.
 */
export function parseConfig(text: string, file: string): Config {
  const document = readStrictYaml(text, file)
  if (document === null) return EMPTY_CONFIG
  const place: Placed = { text, file }
  const map = mapAt(place, 'mlv.yaml', document)
  checkKeys(place, map, KEYS)
  const experiment = optionalText(place, map, 'experiment')
  const model = map.get('model') ?? null
  return {
    ...(experiment === undefined ? {} : { experiment: parseExperimentName(experiment) }),
    params: texts(place, map, 'params'),
    metrics: texts(place, map, 'metrics'),
    series: texts(place, map, 'series'),
    artifacts: texts(place, map, 'artifacts'),
    datasets: texts(place, map, 'datasets'),
    ...(model === null ? {} : { model: modelOf(place, model) }),
    goals: goalsOf(place, map.get('goals') ?? null),
    ...sectionOf(map, 'gates', (value, spot) => ({ gates: gatesOf(value, spot) }), file),
    ...sectionOf(map, 'evaluation', (value, spot) => ({ evaluation: evaluationOf(value, spot) }), file),
    ...codeOf(place, map.get('code') ?? null),
  }
}

/** A section that may be left out or left empty. */
function sectionOf<Members extends object>(
  map: ValueMap,
  key: string,
  decode: Decoder<Members>,
  file: string,
): Members | Record<string, never> {
  const value = map.get(key) ?? null
  return value === null ? {} : decode(value, { file, within: { file }, key })
}

const evaluationOf: Decoder<EvaluationTable> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  refuseUnknown(fields, ['table', 'key', 'pass'])
  return {
    path: required(fields, 'table', textBy(parseArtifactPath)),
    key: required(fields, 'key', textValue),
    pass: required(fields, 'pass', textValue),
  }
}

/** The text beside its name, to point at a line. */
interface Placed {
  readonly text: string
  readonly file: string
}

function modelOf(place: Placed, value: Value): NonNullable<Config['model']> {
  const map = mapAt(place, 'model', value)
  checkKeys(place, map, MODEL_KEYS, 'model')
  const name = optionalText(place, map, 'name', 'model')
  const path = optionalText(place, map, 'path', 'model')
  if (name === undefined || path === undefined) throw problem(place, 'model', "needs both 'name' and 'path'")
  return { name: parseModelName(name), path: parseArtifactPath(path.replace(/^\.\/|\/$/g, '')) }
}

function codeOf(place: Placed, value: Value): Pick<Config, 'codePush'> {
  if (value === null) return {}
  const map = mapAt(place, 'code', value)
  checkKeys(place, map, ['push'], 'code')
  const push = map.get('push') ?? null
  if (push === null) return {}
  if (push === 'snapshots' || push === 'history' || push === 'none') return { codePush: push }
  throw problem(place, 'code.push', "expected 'snapshots', 'history' or 'none'")
}

function goalsOf(place: Placed, value: Value): MetricRules {
  if (value === null) return new Map()
  const rules = new Map<MetricKey, MetricRule>()
  for (const [key, rule] of mapAt(place, 'goals', value)) rules.set(parseMetricKey(key), ruleOf(place, key, rule))
  return rules
}

/** A goal is one word, or a mapping when there is more to say. */
function ruleOf(place: Placed, metric: string, value: Value): MetricRule {
  if (typeof value === 'string') return { goal: goalOf(place, metric, value), tolerance: 0 }
  const path = `goals.${metric}`
  const map = mapAt(place, path, value)
  checkKeys(place, map, GOAL_KEYS, path)
  const unit = optionalText(place, map, 'unit', path)
  return {
    goal: goalOf(place, metric, map.get('goal') ?? 'none'),
    tolerance: toleranceOf(place, path, map.get('tolerance') ?? 0),
    ...(unit === undefined ? {} : { unit }),
  }
}

function goalOf(place: Placed, metric: string, value: Value): Goal {
  if (value === 'min' || value === 'max' || value === 'none') return value
  throw problem(place, `goals.${metric}`, "expected 'min', 'max' or 'none'")
}

function toleranceOf(place: Placed, path: string, value: Value): number {
  const tolerance = typeof value === 'bigint' ? Number(value) : value
  if (typeof tolerance === 'number' && Number.isFinite(tolerance) && tolerance >= 0) return tolerance
  throw problem(place, `${path}.tolerance`, 'expected a number that is not negative')
}

function mapAt(place: Placed, path: string, value: Value): ValueMap {
  if (isValueMap(value)) return value
  throw problem(place, path, 'expected a mapping')
}

function optionalText(place: Placed, map: ValueMap, key: string, parent?: string): string | undefined {
  const value = map.get(key) ?? null
  if (value === null) return undefined
  if (typeof value === 'string' && value !== '') return value
  throw problem(place, parent === undefined ? key : `${parent}.${key}`, 'expected text')
}

/** One text stands for a list of one. */
function texts(place: Placed, map: ValueMap, key: string): readonly string[] {
  const value = map.get(key) ?? []
  const list = isValueList(value) ? value : [value]
  return list.map((member) => {
    if (typeof member === 'string' && member !== '') return member
    throw problem(place, key, 'expected text, or a list of texts')
  })
}

function checkKeys(place: Placed, map: ValueMap, known: readonly string[], parent?: string): void {
  for (const key of map.keys()) {
    if (known.includes(key)) continue
    const [closest] = closestNames(key, known)
    const hint = closest === undefined ? `the keys are ${known.join(', ')}` : `did you mean '${closest}'?`
    throw problem(place, parent === undefined ? key : `${parent}.${key}`, `unknown key; ${hint}`)
  }
}

function problem(place: Placed, path: string, what: string): Failure {
  const line = lineOfKey(place.text, path.slice(path.lastIndexOf('.') + 1))
  return refuse('document-malformed', {
    place: line === undefined ? { file: place.file } : { file: place.file, line },
    problem: `${path}: ${what}`,
  })
}

/** The first line that starts with a key; `undefined` when it is written in another way. */
function lineOfKey(text: string, key: string): number | undefined {
  const index = text.split('\n').findIndex((line) => line.trimStart().startsWith(`${key}:`))
  return index < 0 ? undefined : index + 1
}
