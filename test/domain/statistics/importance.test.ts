/**
 * Importance of parameters: what is known beforehand must come out, and what is nothing must be told to be nothing.
 */
import { expect, test } from 'vitest'
import { importanceSteps, LEAST_RUNS, measureImportance, MOST_RUNS } from '../../../src/domain/statistics/importance.ts'
import type { Importance, ImportanceQuestion } from '../../../src/domain/statistics/importance.ts'
import type { InputValue } from '../../../src/domain/statistics/inputs.ts'
import { seededRandom } from '../../../src/domain/statistics/random.ts'

type Measured = Extract<Importance, { readonly kind: 'measured' }>

/** Runs whose parameters are drawn evenly from 0 to 1, and whose metric is made of them. */
function drawn(
  runs: number,
  keys: readonly string[],
  seed: number,
  metric: (values: Readonly<Record<string, number>>, random: () => number) => number,
): ImportanceQuestion {
  const random = seededRandom(seed)
  const rows = Array.from({ length: runs }, () => Object.fromEntries(keys.map((key) => [key, random()])))
  return {
    outcomes: rows.map((row) => metric(row, random)),
    parameters: keys.map((key) =>
      column(
        rows.map((row) => row[key]),
        key,
      ),
    ),
  }
}

function measured(question: ImportanceQuestion): Measured {
  const importance = measureImportance(question)
  if (importance.kind === 'refused') throw new Error(`refused: ${importance.why}`)
  return importance
}

function of(importance: Measured, key: string): Measured['parameters'][number] {
  const found = importance.parameters.find((parameter) => parameter.key === key)
  if (found === undefined) throw new Error(`nothing is told of ${key}`)
  return found
}

function column(values: readonly InputValue[], key = 'x'): ImportanceQuestion['parameters'][number] {
  return { key, valuesAt: (places) => Array.from(places, (place) => values[place]) }
}

test('what is irrelevant has 0 in its interval, and what counts has not, over many draws', () => {
  let [irrelevant, covered, missed, useful] = [0, 0, 0, 0]
  const DRAWS = 40
  for (let seed = 0; seed < DRAWS; seed += 1) {
    const found = measured(drawn(40, ['a', 'b', 'c', 'd'], seed, ({ a = 0 }, random) => Math.exp(3 * a) + 4 * random()))
    for (const key of ['b', 'c', 'd']) {
      const { low, high } = of(found, key).importance
      irrelevant += 1
      if (low <= 0 && high >= 0) covered += 1
    }
    if (of(found, 'a').importance.low <= 0) missed += 1
    const noise = measured(drawn(40, ['a', 'b', 'c', 'd'], 1000 + seed, (_, random) => random()))
    if (noise.isUseful) useful += 1
  }
  // The stated rate is 95 of 100.
  expect(covered / irrelevant).toBeGreaterThanOrEqual(0.95)
  expect(missed).toBeLessThanOrEqual(DRAWS * 0.05)
  expect(useful).toBeLessThanOrEqual(DRAWS * 0.05)
})

test('a parameter that goes one way has the sign of that way, one that goes both ways counts without a sign', () => {
  const found = measured(
    drawn(200, ['up', 'down', 'hill', 'nothing'], 3, ({ up = 0, down = 0, hill = 0 }) => {
      return 2 * up - down - 6 * (hill - 0.5) ** 2
    }),
  )
  expect(found.skill.value).toBeGreaterThan(0.7)
  expect(found.parameters.map(({ key }) => key)).toEqual(['up', 'hill', 'down', 'nothing'])
  expect(of(found, 'up').correlation?.low).toBeGreaterThan(0.3)
  expect(of(found, 'down').correlation?.high).toBeLessThan(-0.1)
  const hill = of(found, 'hill')
  expect([(hill.correlation?.low ?? 1) < 0, (hill.correlation?.high ?? -1) > 0]).toEqual([true, true])
  expect(hill.importance.low).toBeGreaterThan(0.05)
  expect(Math.abs(of(found, 'nothing').importance.value)).toBeLessThan(0.02)
})

test('parameters that count only together both count', () => {
  // Neither alone says anything of the sign of the product.
  const found = measured(drawn(300, ['a', 'b', 'c'], 8, ({ a = 0, b = 0 }) => (a - 0.5) * (b - 0.5)))
  for (const key of ['a', 'b']) expect(of(found, key).importance.low).toBeGreaterThan(0.3)
  expect(of(found, 'c').importance.high).toBeLessThan(0.1)
  for (const key of ['a', 'b']) expect(Math.abs(of(found, key).correlation?.value ?? 1)).toBeLessThan(0.25)
})

test('the parts of a sum are those of its variance', () => {
  // y = 2a + b, whose parts by Sobol are 4/5 and 1/5; ranks bend them little.
  const found = measured(drawn(1000, ['a', 'b', 'c'], 5, ({ a = 0, b = 0 }) => 2 * a + b))
  expect(of(found, 'a').importance.value).toBeGreaterThan(0.72)
  expect(of(found, 'a').importance.value).toBeLessThan(0.88)
  expect(of(found, 'b').importance.value).toBeGreaterThan(0.13)
  expect(of(found, 'b').importance.value).toBeLessThan(0.25)
})

test('categories count, and so does having no value', () => {
  const random = seededRandom(4)
  const runs = Array.from({ length: 120 }, () => {
    const optimizer = ['adam', 'sgd', 'lion'][Math.floor(random() * 3)] ?? ''
    const momentum = optimizer === 'sgd' ? random() : undefined
    return { optimizer, momentum, other: ['x', 'y'][Math.floor(random() * 2)] ?? '', noise: random() }
  })
  const found = measured({
    outcomes: runs.map(({ optimizer, noise }) => (optimizer === 'lion' ? 3 : 0) + noise),
    parameters: [
      column(
        runs.map(({ optimizer }) => optimizer),
        'optimizer',
      ),
      column(
        runs.map(({ momentum }) => momentum),
        'momentum',
      ),
      column(
        runs.map(({ other }) => other),
        'other',
      ),
      column(
        runs.map(({ noise }) => noise > 2),
        'flag',
      ),
    ],
  })
  expect(found.parameters[0]).toMatchObject({ key: 'optimizer', kind: 'category', correlation: undefined, distinct: 3 })
  expect(of(found, 'optimizer').importance.low).toBeGreaterThan(0.2)
  expect(of(found, 'other').importance.high).toBeLessThan(0.1)
  expect(of(found, 'momentum')).toMatchObject({
    kind: 'number',
    missing: runs.filter((run) => run.momentum === undefined).length,
  })
  expect(found.leftOut).toEqual([{ key: 'flag', why: 'constant' }])
  // Only one optimizer has a momentum.
  expect(found.tied.map(({ keys }) => keys)).toEqual([['optimizer', 'momentum']])
})

test('parameters that go together are told, with what they count for together', () => {
  const random = seededRandom(11)
  const a = Array.from({ length: 150 }, () => random())
  const twin = a.map((value) => -3 * value + 0.1 * random())
  const found = measured({
    outcomes: a.map((value) => value + 0.2 * random()),
    parameters: [
      column(a, 'a'),
      column(twin, 'twin'),
      column(
        a.map(() => random()),
        'apart',
      ),
    ],
  })
  expect(found.tied.map(({ keys }) => keys)).toEqual([['a', 'twin']])
  const [together] = found.tied
  expect(together?.association).toBeGreaterThan(0.95)
  // Each stands in for the other, so that each by itself is told too low.
  expect(together?.importance.value).toBeGreaterThan(
    of(found, 'a').importance.value + of(found, 'twin').importance.value,
  )
  expect(together?.importance.value).toBeGreaterThan(0.7)
})

test('a run that diverged does not decide', () => {
  const question = drawn(60, ['a', 'b'], 2, ({ a = 0 }) => a)
  const outcomes = Array.from(question.outcomes, (value, index) => (index === 7 ? 1e12 : value))
  expect(of(measured({ ...question, outcomes }), 'a').importance.low).toBeGreaterThan(0.5)
})

test('what cannot be told is refused or left out', () => {
  const values = Array.from({ length: 40 }, (_, index) => index)
  const few = values.slice(0, LEAST_RUNS - 1)
  expect(measureImportance({ outcomes: few, parameters: [column(few)] })).toMatchObject({
    kind: 'refused',
    why: 'too-few-runs',
    runs: LEAST_RUNS - 1,
  })
  expect(measureImportance({ outcomes: values.slice(0, LEAST_RUNS), parameters: [column(few.concat(7))] }).kind).toBe(
    'measured',
  )
  expect(measureImportance({ outcomes: values.map(() => 1), parameters: [column(values)] })).toMatchObject({
    why: 'constant-metric',
  })
  const texts = column(
    values.map((value) => `note ${value}`),
    'note',
  )
  const refused = measureImportance({
    outcomes: values,
    parameters: [
      texts,
      column(
        values.map(() => 3),
        'seed',
      ),
    ],
  })
  expect(refused).toEqual({
    kind: 'refused',
    why: 'no-parameter',
    runs: 40,
    leftOut: [
      { key: 'note', why: 'own-values' },
      { key: 'seed', why: 'constant' },
    ],
  })
})

test('the same runs are always told the same, in steps or at once, and of very many a sample', () => {
  const question = drawn(MOST_RUNS + 500, ['a', 'b'], 6, ({ a = 0 }) => a)
  const first = measured(question)
  expect(first.runs).toBe(MOST_RUNS)
  const steps = importanceSteps(question)
  let count = 0
  let last = steps.next()
  for (; last.done !== true; last = steps.next()) count += 1
  expect(last.value).toEqual(first)
  expect(count).toBe(15)
})

test('of very many runs the sample alone is asked for its values, and one parameter after another', () => {
  const asked: string[] = []
  const { outcomes, parameters } = drawn(MOST_RUNS + 500, ['a', 'b'], 6, ({ a = 0 }) => a)
  const spied = parameters.map(({ key, valuesAt }) => ({
    key,
    valuesAt: (places: Uint32Array) => {
      asked.push(`${key} ${places.length} ${new Set(places).size} ${places.every((place, at) => place >= at)}`)
      return valuesAt(places)
    },
  }))
  measured({ outcomes, parameters: spied })
  expect(asked).toEqual([`a ${MOST_RUNS} ${MOST_RUNS} true`, `b ${MOST_RUNS} ${MOST_RUNS} true`])
})

test('of very many parameters the first are looked at', () => {
  const keys = Array.from({ length: 45 }, (_, index) => `p${index}`)
  const found = measured(drawn(30, keys, 1, ({ p0 = 0 }) => p0))
  expect(found.parameters.length).toBe(40)
  expect(found.leftOut).toEqual(keys.slice(40).map((key) => ({ key, why: 'too-many' })))
})
