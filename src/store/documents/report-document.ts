/**
 * Reads a report that another job wrote. A job of a fork may have written it, so nothing in it is believed: every value
 * is checked, and whoever reads it renders it anew.
 */
import { parseOid } from '../../domain/oid.ts'
import { parseExperimentName, parseMetricKey } from '../../domain/key.ts'
import { parseModelName } from '../../domain/name.ts'
import type { MetricRule } from '../../domain/metric.ts'
import { parseVersionNumber, parseVersionUid } from '../../domain/model-version.ts'
import type { GateResult } from '../../domain/review/gate.ts'
import { REVIEW_ORDER } from '../../domain/review/metric-review.ts'
import type { MetricReview, MetricSample } from '../../domain/review/metric-review.ts'
import type { CurvePoint, ReviewCurve, ReviewSide, ReviewSubject } from '../../domain/review/review.ts'
import { parseRunId } from '../../domain/run.ts'
import type { SampleFlips } from '../../domain/sample-flips.ts'
import { refuse } from '../../domain/failure.ts'
import {
  countValue,
  fieldsOf,
  integerValue,
  jsonNumberValue,
  listOf,
  malformed,
  oneOf,
  optional,
  required,
  textAs,
  textBy,
  textValue,
} from './decode.ts'
import type { Decoder } from './decode.ts'
import { readStrictJson } from './strict-json.ts'
import type { DifferenceSection, ReportView, ReviewView } from '../../domain/review/report-view.ts'
import { REPORT_FORMAT } from '../../domain/review/report-view.ts'

const LIMIT_TEXT = 10_000
/** Each may become a comment. */
const LIMIT_REVIEWS = 30
/** More than mlv ever writes of one curve. */
const LIMIT_POINTS = 500

/** Reads a report's JSON. @throws `format-newer`, `document-malformed`, what the strict JSON reader refuses */
export function decodeReport(text: string, file: string): ReportView {
  const fields = fieldsOf(readStrictJson(text, file), { file })
  const found = required(fields, 'format', integerValue)
  if (found !== REPORT_FORMAT) throw refuse('format-newer', { file, found, supported: REPORT_FORMAT })
  const reviews = required(fields, 'reviews', listOf(reviewOf))
  if (reviews.length > LIMIT_REVIEWS) throw malformed({ file }, `more than ${LIMIT_REVIEWS} reviews`)
  return { base: required(fields, 'base', shortText), head: required(fields, 'head', shortText), reviews }
}

const shortText: Decoder<string> = (value, spot) => {
  const text = textValue(value, spot)
  if (text.length > LIMIT_TEXT) throw malformed(spot, `text of more than ${LIMIT_TEXT} characters`)
  return text
}

const metricKey = textBy(parseMetricKey)

const reviewOf: Decoder<ReviewView> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const [base, head] = [optional(fields, 'base', sideOf), optional(fields, 'head', sideOf)]
  const [policy, flips] = [optional(fields, 'policy', shortText), optional(fields, 'flips', flipsOf)]
  return {
    subject: required(fields, 'subject', subjectOf),
    ...(base === undefined ? {} : { base }),
    ...(head === undefined ? {} : { head }),
    ...(policy === undefined ? {} : { policy }),
    ...(flips === undefined ? {} : { flips }),
    metrics: required(fields, 'metrics', listOf(metricOf)),
    gates: required(fields, 'gates', listOf(gateOf)),
    curves: required(fields, 'curves', listOf(curveOf)),
    differences: required(fields, 'differences', listOf(sectionOf)),
    notices: required(fields, 'notices', listOf(shortText)),
  }
}

const subjectOf: Decoder<ReviewSubject> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const kind = required(fields, 'kind', oneOf('model', 'experiment'))
  return kind === 'model'
    ? { kind, model: required(fields, 'model', textBy(parseModelName)) }
    : { kind, experiment: required(fields, 'experiment', textBy(parseExperimentName)) }
}

const sideOf: Decoder<ReviewSide> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const commit = optional(fields, 'commit', textAs(parseOid, 'a commit'))
  const version = optional(fields, 'version', (member, place) => {
    const inner = fieldsOf(member, place)
    const number = parseVersionNumber(String(required(inner, 'number', countValue)))
    if (number === undefined) throw malformed(place, 'expected the number of a version')
    return { number, uid: required(inner, 'uid', textAs(parseVersionUid, 'a uid')) }
  })
  return {
    source: required(fields, 'source', oneOf('commit', 'production', 'latest', 'named')),
    label: required(fields, 'label', shortText),
    ...(commit === undefined ? {} : { commit }),
    runs: required(fields, 'runs', listOf(textAs(parseRunId, 'a run id'))),
    dirtyRuns: required(fields, 'dirtyRuns', countValue),
    ...(version === undefined ? {} : { version }),
  }
}

const ruleOf: Decoder<MetricRule> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const unit = optional(fields, 'unit', shortText)
  return {
    goal: optional(fields, 'goal', oneOf('min', 'max', 'none')) ?? 'none',
    tolerance: optional(fields, 'tolerance', jsonNumberValue) ?? 0,
    ...(unit === undefined ? {} : { unit }),
  }
}

const metricOf: Decoder<MetricReview> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const [base, head] = [optional(fields, 'base', sampleOf), optional(fields, 'head', sampleOf)]
  const numbers = { change: 0, relative: 0, band: 0 }
  const told = Object.keys(numbers).flatMap((name) => {
    const number = optional(fields, name, jsonNumberValue)
    return number === undefined ? [] : [[name, number] as const]
  })
  return {
    key: required(fields, 'key', metricKey),
    rule: required(fields, 'rule', ruleOf),
    verdict: required(fields, 'verdict', oneOf(...REVIEW_ORDER)),
    ...(base === undefined ? {} : { base }),
    ...(head === undefined ? {} : { head }),
    ...Object.fromEntries(told),
  }
}

const sampleOf: Decoder<MetricSample> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const spread = optional(fields, 'spread', (member, place) => {
    const inner = fieldsOf(member, place)
    return {
      count: required(inner, 'count', countValue),
      least: required(inner, 'least', jsonNumberValue),
      greatest: required(inner, 'greatest', jsonNumberValue),
      mean: required(inner, 'mean', jsonNumberValue),
      deviation: required(inner, 'deviation', jsonNumberValue),
    }
  })
  return {
    ...(spread === undefined ? {} : { spread }),
    notNumbers: required(fields, 'notNumbers', countValue),
    missing: required(fields, 'missing', countValue),
  }
}

const gateOf: Decoder<GateResult> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const [metric, note] = [optional(fields, 'metric', metricKey), optional(fields, 'note', shortText)]
  const [limit, actual] = [optional(fields, 'limit', jsonNumberValue), optional(fields, 'actual', jsonNumberValue)]
  return {
    rule: required(fields, 'rule', oneOf('repeats', 'required', 'min', 'max', 'worsen', 'size')),
    status: required(fields, 'status', oneOf('failed', 'noted', 'passed')),
    ...(metric === undefined ? {} : { metric }),
    ...(limit === undefined ? {} : { limit }),
    ...(actual === undefined ? {} : { actual }),
    ...(note === undefined ? {} : { note }),
  }
}

const flipsOf: Decoder<SampleFlips> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    compared: required(fields, 'compared', countValue),
    broke: required(fields, 'broke', listOf(shortText)),
    brokeCount: required(fields, 'brokeCount', countValue),
    mended: required(fields, 'mended', listOf(shortText)),
    mendedCount: required(fields, 'mendedCount', countValue),
    unmatched: required(fields, 'unmatched', countValue),
  }
}

const curveOf: Decoder<ReviewCurve> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  const side = (name: string): readonly CurvePoint[] => {
    const points = required(fields, name, listOf(pointOf))
    if (points.length > LIMIT_POINTS) throw malformed(spot, `a curve of more than ${LIMIT_POINTS} points`)
    return points
  }
  return { key: required(fields, 'key', metricKey), base: side('base'), head: side('head') }
}

const pointOf: Decoder<CurvePoint> = (value, spot) => {
  const [step, number, ...rest] = listOf(jsonNumberValue)(value, spot)
  const isPoint = step !== undefined && number !== undefined && rest.length === 0
  if (!isPoint || !Number.isFinite(step) || !Number.isFinite(number))
    throw malformed(spot, 'expected a step and a value')
  return { step, value: number }
}

const sectionOf: Decoder<DifferenceSection> = (value, spot) => {
  const fields = fieldsOf(value, spot)
  return {
    title: required(fields, 'title', oneOf('parameters', 'files', 'tensors', 'datasets', 'code', 'environment')),
    rows: required(
      fields,
      'rows',
      listOf((row, place) => {
        const inner = fieldsOf(row, place)
        const told = ['base', 'head'].flatMap((name) => {
          const text = optional(inner, name, shortText)
          return text === undefined ? [] : [[name, text] as const]
        })
        const remark = optional(inner, 'remark', oneOf('added', 'removed'))
        const words = remark === undefined ? {} : { remark }
        return { subject: required(inner, 'subject', shortText), ...Object.fromEntries(told), ...words }
      }),
    ),
  }
}
