/**
 * The filter grammar: what each form matches, what each mistake is told, and that nothing takes long (row D8).
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { printable } from '../../src/base/printable.ts'
import type { FilterSubject } from '../../src/domain/filter.ts'
import { isFailure } from '../../src/domain/failure.ts'
import { matches, parseFilter } from '../../src/domain/query.ts'
import { compareSortValues, sortKeyOf, sortValueOf } from '../../src/domain/query-sort.ts'
import { parseMetricKey } from '../../src/domain/key.ts'
import { summarize } from '../../src/domain/metric-summary.ts'
import { seriesOf } from '../../src/domain/series.ts'
import { cpuMsOf } from '../support/cpu-time.ts'
import { metricsOf, parametersOf, sampleUlid } from '../support/sample.ts'
import { refusalOf, verdictOn } from '../support/refusal.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2026, 10, 20, 12)

const lossSeries = [
  { step: 1, value: 0.9 },
  { step: 2, value: 0.2 },
  { step: 3, value: 0.4 },
]

const run: FilterSubject = {
  id: sampleUlid(1),
  status: 'finished',
  experiment: 'churn baseline',
  name: 'first try',
  createdMs: NOW_MS - 2 * DAY_MS,
  elapsedMs: 90_000,
  tags: ['baseline', 'two words'],
  models: ['churn'],
  parameters: parametersOf({
    lr: 1e-3,
    seed: 9007199254740993n,
    optimizer: 'adam',
    'model.layers': [64n, 32n],
    warm: true,
    scheduler: null,
    version: '12',
  }),
  metrics: new Map([
    ...metricsOf({ auc: 0.93, broken: NaN, 'time.max': 5 }),
    [parseMetricKey('val/loss'), { goal: 'min', tolerance: 0, summary: summarize(seriesOf(lossSeries), 'min') }],
  ]),
  nowMs: NOW_MS,
}

function check(filter: string): boolean {
  return matches(parseFilter(filter), run)
}

describe('a filter matches', () => {
  test.each([
    'metric.auc > 0.9',
    'metric.auc = 0.93',
    'metric.auc >= 0.93 and metric.auc <= 0.93',
    'metric.val/loss = 0.4',
    'metric."val/loss".min < 0.3',
    'metric.val/loss.best = 0.2',
    'metric.val/loss.max = 0.9',
    'metric.val/loss.count = 3',
    'metric."time.max" = 5',
    'metric.broken = nan',
    'metric.auc < inf',
    'param.lr = 0.001',
    'param.lr = 1e-3',
    'param.lr in (1e-3, 1e-4)',
    'param.lr not in (0.1)',
    'param.seed = 9007199254740993',
    'param.seed > 9007199254740992',
    'param.optimizer = adam',
    "param.optimizer = 'adam'",
    'param.optimizer ~ da',
    'param.optimizer != sgd',
    'param.model.layers = 32',
    'param.warm = true',
    'param.scheduler = null',
    'param.version = "12"',
    'param.version ~ 1',
    'status = finished',
    'status in (failed, finished)',
    'experiment = "churn baseline"',
    'experiment ~ "churn b"',
    'name ~ try',
    'tag:baseline',
    'tag:"two words"',
    'tag = baseline and tag = "two words"',
    'tag != nightly',
    'tag ~ base',
    'model = churn',
    'created > -7d',
    'created < -1d',
    'created = 2026-11-18',
    'created >= 2026-11-18 and created <= 2026-11-18',
    'created > 2026-11-17',
    'created < 2026-11-18T12:00:01Z',
    'created = 2026-11-18T12:00Z',
    'created in (2026-11-01, 2026-11-18)',
    'elapsed = 1.5m',
    'elapsed > 89s',
    'has metric.auc',
    'has name',
    'not has branch',
    'not metric.auc < 0.9',
    'not not tag:baseline',
    'tag:nope or tag:baseline',
    'tag:baseline or tag:nope and tag:nope',
    '(tag:nope or tag:baseline) and has metric.auc',
    'NOT tag:nope AND Has metric.auc',
    '  tag:baseline\n  and\ttag:baseline  ',
    '(metric.auc>0.9)and(tag:baseline)',
  ])('%s', (filter) => {
    expect(check(filter)).toBe(true)
  })
})

describe('a filter does not match', () => {
  test.each([
    'metric.auc > 0.93',
    'metric.absent > 0',
    'metric.absent != 0',
    'metric.auc.best = 0.93',
    'metric.broken < 1',
    'metric.broken > 1',
    'metric.time.max = 5',
    'param.seed = 9007199254740992',
    'param.version = 12',
    'param.lr ~ 0',
    'param.lr = fast',
    'param.warm = "true"',
    'param.optimizer = Adam',
    'param.optimizer < 5',
    'param.model.layers != 32',
    'branch != main',
    'tag != baseline',
    'created > 2026-11-18',
    'created < 2026-11-18',
    'elapsed < 1m',
    '(tag:baseline or tag:nope) and tag:nope',
    'not tag:baseline',
    'not (tag:baseline)',
    'not tag:baseline and tag:nope',
  ])('%s', (filter) => {
    expect(check(filter)).toBe(false)
  })
})

test('a filter that cannot be read is refused with the column and the reason', () => {
  const filters = [
    '',
    '   ',
    'metric.auc >',
    'metric.auc',
    'metric.auc == 0.9',
    'metric.auc > high',
    'metric.auc ~ 9',
    'metric',
    'metric..auc > 1',
    'metric.auc. > 1',
    'metric."a"b > 1',
    'metrics.auc > 1',
    'params.x LIKE "%a%"',
    'param.x MATCHES "(a+)+$"',
    'param.x = "open',
    "param.x = it's",
    'param.x = a"b"',
    'param.x = 1e999',
    'status = finishd',
    'status = done',
    'status.x = finished',
    'created > yesterday',
    'created > 2026-02-30',
    'created ~ 2026',
    'elapsed > 90',
    'param.x in 1',
    'param.x in ()',
    'param.x in (1, 2',
    'param.x not = 1',
    'tag:',
    '(tag:a',
    'tag:a)',
    'tag:a tag:b',
    'tag:a && tag:b',
    '!tag:a',
    'and',
    'has',
    '"metric".auc > 1',
    'name = a\u202eb',
  ]
  expect(filters.map((filter) => `${printable(filter)}\n    ${refusalOf(() => parseFilter(filter))}`).join('\n'))
    .toMatchInlineSnapshot(`
    "
        filter-invalid: the filter cannot be read at column 1: the filter is empty
       
        filter-invalid: the filter cannot be read at column 1: the filter is empty
    metric.auc >
        filter-invalid: the filter cannot be read at column 13: expected a value
    metric.auc
        filter-invalid: the filter cannot be read at column 11: expected one of = != < <= > >= ~ or 'in'
    metric.auc == 0.9
        filter-invalid: the filter cannot be read at column 13: expected a value
    metric.auc > high
        filter-invalid: the filter cannot be read at column 14: a metric is compared with a number
    metric.auc ~ 9
        filter-invalid: the filter cannot be read at column 14: '~' looks for text, and a metric is a number
    metric
        filter-invalid: the filter cannot be read at column 1: after 'metric' comes a dot and a name
    metric..auc > 1
        filter-invalid: the filter cannot be read at column 1: a field is one name, or names with one dot between each two
    metric.auc. > 1
        filter-invalid: the filter cannot be read at column 1: a field is one name, or names with one dot between each two
    metric."a"b > 1
        filter-invalid: the filter cannot be read at column 1: a field is one name, or names with one dot between each two
    metrics.auc > 1
        filter-invalid: the filter cannot be read at column 1: there is no such field; did you mean 'metric'?
    params.x LIKE "%a%"
        filter-invalid: the filter cannot be read at column 1: there is no such field; did you mean 'param'?
    param.x MATCHES "(a+)+$"
        filter-invalid: the filter cannot be read at column 9: expected one of = != < <= > >= ~ or 'in'
    param.x = "open
        filter-invalid: the filter cannot be read at column 11: a quote is not closed
    param.x = it's
        filter-invalid: the filter cannot be read at column 13: a quote is not closed
    param.x = a"b"
        filter-invalid: the filter cannot be read at column 11: quote the whole value
    param.x = 1e999
        filter-invalid: the filter cannot be read at column 11: the number is too large to be compared
    status = finishd
        filter-invalid: the filter cannot be read at column 10: did you mean 'finished'?
    status = done
        filter-invalid: the filter cannot be read at column 10: a status is one of running, finished, failed, killed
    status.x = finished
        filter-invalid: the filter cannot be read at column 1: 'status' has no parts
    created > yesterday
        filter-invalid: the filter cannot be read at column 11: a time is written 2026-11-20, 2026-11-20T09:30:00Z or -7d (units ms s m h d w)
    created > 2026-02-30
        filter-invalid: the filter cannot be read at column 11: a time is written 2026-11-20, 2026-11-20T09:30:00Z or -7d (units ms s m h d w)
    created ~ 2026
        filter-invalid: the filter cannot be read at column 11: '~' looks for text, and 'created' is a time
    elapsed > 90
        filter-invalid: the filter cannot be read at column 11: a span of time is written 90s, 1.5h or 2d (units ms s m h d w)
    param.x in 1
        filter-invalid: the filter cannot be read at column 12: expected '(' and a list
    param.x in ()
        filter-invalid: the filter cannot be read at column 13: expected a value
    param.x in (1, 2
        filter-invalid: the filter cannot be read at column 17: expected ',' or ')'
    param.x not = 1
        filter-invalid: the filter cannot be read at column 13: expected 'in'
    tag:
        filter-invalid: the filter cannot be read at column 1: after 'tag:' comes a tag
    (tag:a
        filter-invalid: the filter cannot be read at column 7: expected 'and', 'or' or ')'
    tag:a)
        filter-invalid: the filter cannot be read at column 6: expected 'and', 'or' or the end
    tag:a tag:b
        filter-invalid: the filter cannot be read at column 7: expected 'and', 'or' or the end
    tag:a && tag:b
        filter-invalid: the filter cannot be read at column 7: expected 'and', 'or' or the end
    !tag:a
        filter-invalid: the filter cannot be read at column 1: '!' is no operator; write 'not' or '!='
    and
        filter-invalid: the filter cannot be read at column 1: there is no such field; did you mean 'id'?
    has
        filter-invalid: the filter cannot be read at column 4: expected a field
    "metric".auc > 1
        filter-invalid: the filter cannot be read at column 1: expected a field
    name = a\\u202eb
        filter-invalid: the filter cannot be read at column 9: there is a hidden character"
  `)
})

describe('D8: hostile filters take less than 50 ms:', () => {
  const open = '('.repeat(30_000)
  test.each([
    ['thirty thousand open brackets', `metric.a > 1 and ${open}`],
    ['thirty thousand brackets, closed', `${open}tag:a${')'.repeat(30_000)}`],
    ['sixteen thousand nots', `${'not '.repeat(16_000)}tag:a`],
    ['more than 64 KB', 'tag:a or '.repeat(100_000)],
    ['an open quote with backslashes', `name = "${'\\'.repeat(60_000)}`],
    ['many open quotes', `name = ${`"'`.repeat(30_000)}`],
    ['a field of dots', `metric${'.'.repeat(60_000)} > 1`],
    ['a number of 60,000 digits', `param.a = ${'9'.repeat(60_000)}`],
    ['a status of 60,000 letters', `status = ${'finishe'.repeat(8_000)}`],
    ['a field of 60,000 letters', `${'metri'.repeat(12_000)} = 1`],
  ])('%s is refused', (_, filter) => {
    expect(verdictOn(() => parseFilter(filter))).toBe('filter-invalid')
    expect(cpuMsOf(() => void verdictOn(() => parseFilter(filter)))).toBeLessThan(50)
  })

  test.each([
    ['a pattern in words SQL knows', `param.x ~ "%a%a%a%a%a%b"`],
    ['a pattern that is a regular expression elsewhere', `param.x ~ "(a+)+$"`],
    ['a long text that almost fits', `param.x ~ "${'a'.repeat(300)}b${'a'.repeat(32_000)}"`],
    ['seven thousand alternatives', `${'tag:nope or '.repeat(5_000)}param.x ~ b`],
    ['a list of twenty thousand numbers', `param.x in (${'1,'.repeat(20_000)}2)`],
    ['a hundred brackets', `${'('.repeat(100)}param.x ~ b${')'.repeat(100)}`],
  ])('%s is applied to 64 KB', (_, filter) => {
    const subject = { ...run, parameters: parametersOf({ x: 'a'.repeat(65_536) }) }
    expect(matches(parseFilter(filter), subject)).toBe(false)
    expect(cpuMsOf(() => void matches(parseFilter(filter), subject))).toBeLessThan(50)
  })
})

test('every text is read or refused at a column inside it', () => {
  const words = fc.constantFrom(
    'metric.a',
    'and',
    'not',
    '(',
    ')',
    '<',
    '1',
    '"x"',
    'in',
    ',',
    'tag:a',
    'has',
    'created',
    '-7d',
  )
  const texts = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 12 }).map((list) => list.join(' ')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      try {
        expect(typeof matches(parseFilter(text), run)).toBe('boolean')
      } catch (caught) {
        if (!isFailure(caught, 'filter-invalid')) throw caught
        expect(caught.detail.data.column).toBeGreaterThanOrEqual(1)
        expect(caught.detail.data.column).toBeLessThanOrEqual(text.length + 1)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('any value of a parameter can be asked for in quotes', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const subject = { ...run, parameters: parametersOf({ x: text }) }
      expect(matches(parseFilter(`param.x = "${text.replace(/["\\]/g, '\\$&')}"`), subject)).toBe(true)
    }),
  )
})

describe('sorting', () => {
  /** The values of parameter x in the order of a sort. */
  function sorted(sort: string, values: readonly (bigint | number | string | boolean | null | undefined)[]): unknown {
    const key = sortKeyOf(sort)
    const subjects = values.map((x) => ({ ...run, parameters: parametersOf(x === undefined ? {} : { x }) }))
    const found = subjects.map((subject) => sortValueOf(key, subject))
    // Boxed, because Array.prototype.sort never shows `undefined` to its comparator.
    return found
      .map((value) => ({ value }))
      .sort((left, right) => compareSortValues(key, left.value, right.value))
      .map(({ value }) => value)
  }

  test('puts numbers before texts, NaN after all values and absence after NaN, in both directions', () => {
    const values = [undefined, 'b', NaN, 2n, null, 1.5, 'a', true, false, -Infinity]
    expect(sorted('param.x', values)).toEqual([-Infinity, 1.5, 2n, 'a', 'b', false, true, null, NaN, undefined])
    expect(sorted('-param.x', values)).toEqual([null, true, false, 'b', 'a', 2n, 1.5, -Infinity, NaN, undefined])
  })

  test('is by any field of the grammar, and by nothing else', () => {
    expect(sortValueOf(sortKeyOf('metric."val/loss".min'), run)).toBe(0.2)
    expect(sortValueOf(sortKeyOf('-created'), run)).toBe(run.createdMs)
    expect(sortValueOf(sortKeyOf('branch'), run)).toBeUndefined()
    expect(
      ['', '-', 'creatd', 'created desc', 'tag:a', '--created']
        .map((text) => refusalOf(() => sortKeyOf(text)))
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "filter-invalid: the filter cannot be read at column 1: expected a field
      filter-invalid: the filter cannot be read at column 1: expected a field
      filter-invalid: the filter cannot be read at column 1: there is no such field; did you mean 'created'?
      filter-invalid: the filter cannot be read at column 9: expected one field and nothing else
      filter-invalid: the filter cannot be read at column 1: there is no such field; did you mean 'tag'?
      filter-invalid: the filter cannot be read at column 1: there is no such field; did you mean 'created'?"
    `)
  })

  test('is a total order', () => {
    const key = sortKeyOf('param.x')
    const values = fc.oneof(
      fc.double(),
      fc.bigInt(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
    )
    const order = (left: Parameters<typeof sorted>[1][number], right: typeof left): number =>
      Math.sign(compareSortValues(key, left, right))
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        expect(order(a, b) + order(b, a)).toBe(0)
        if (order(a, b) <= 0 && order(b, c) <= 0) expect(order(a, c)).toBeLessThanOrEqual(0)
      }),
      { numRuns: 1_000 },
    )
  })
})
