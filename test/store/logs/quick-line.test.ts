/**
 * The quick path: numbers read from bytes are those that `Number` reads, and a line is taken as the careful path takes
 * it or left to it.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseLogEntry } from '../../../src/domain/log-entry.ts'
import { pointsOf } from '../../../src/domain/series.ts'
import { readStrictJson } from '../../../src/store/documents/strict-json.ts'
import { addPoint, openLogColumns } from '../../../src/store/logs/log-columns.ts'
import type { LogColumns } from '../../../src/store/logs/log-columns.ts'
import { quickLineReader } from '../../../src/store/logs/quick-line.ts'
import { numberScanner } from '../../../src/store/logs/quick-number.ts'

function scanned(text: string): { readonly value: number; readonly end: number } {
  const scanner = numberScanner()
  const bytes = Buffer.from(`${text},`)
  return { end: scanner.scan(bytes, 0, bytes.length), value: scanner.value }
}

function points(columns: LogColumns): readonly unknown[] {
  return [...columns.series()].map(([key, series]) => [key, pointsOf(series)])
}

function takenQuickly(...lines: readonly string[]): { readonly taken: readonly boolean[]; readonly points: unknown } {
  const columns = openLogColumns()
  const take = quickLineReader(columns)
  const taken = lines.map((line) => {
    const bytes = Buffer.from(`${line}\n`)
    return take(bytes, 0, bytes.length - 1)
  })
  return { taken, points: points(columns) }
}

function takenWithCare(...lines: readonly string[]): unknown {
  const columns = openLogColumns()
  for (const [index, line] of lines.entries()) {
    const value = readStrictJson(line, 'log.jsonl', { nonFinite: true })
    const { entry } = parseLogEntry(value, { file: 'log.jsonl', line: index + 1 })
    if (entry.kind !== 'points') continue
    for (const [key, number] of entry.values) addPoint(columns.of(key), number, entry.step, entry.atMs)
  }
  return points(columns)
}

describe('numbers', () => {
  test('law: what is read is what Number reads, bit for bit', () => {
    const digits = fc.stringMatching(/^-?(?:0|[1-9][0-9]{0,20})(?:\.[0-9]{1,25})?(?:[eE][-+]?[0-9]{1,2})?$/)
    const texts = fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }).map(String), digits)
    fc.assert(
      fc.property(texts, (text) => {
        const { value, end } = scanned(text)
        // An integer zero has no sign in JSON as we read it.
        const expected = /^-0$/.test(text) ? 0 : Number(text)
        expect(end).toBe(text.length)
        expect(value).toBe(expected)
      }),
      { numRuns: 2000 },
    )
  })

  test.each([
    ['NaN', NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
    ['9007199254740993', 9007199254740992],
    ['0.1', 0.1],
    ['1763733600.123457', 1763733600.123457],
    ['-0.0', -0],
  ])('%s', (text, value) => {
    expect(scanned(text)).toEqual({ value, end: text.length })
  })

  test.each(['01', '-', '1.', '1e', '.5', '+1', 'nan', 'Infinit', '1e999', '1e-999', '"1"'])('%s is none', (text) => {
    expect(scanned(text).end).toBe(-1)
  })
})

describe('lines', () => {
  test.each([
    ['one metric', '{"metric": "loss", "value": 0.5, "step": 3}'],
    ['several metrics', '{"metrics":{"loss":0.5,"val/acc":1},"step":3,"time":1763733600.5}'],
    ['the step in front', '{"step":3,"metric":"loss","value":NaN,"rank":1}'],
    ['a name beyond ASCII', '{"metric":"Verlust/größe","value":-1e-3}'],
    ['no metrics at all', '{"metrics":{}}'],
  ])('%s', (_, line) => {
    const { taken, points: found } = takenQuickly(line)
    expect(taken).toEqual([true])
    expect(found).toEqual(takenWithCare(line))
  })

  test('steps that nobody gives are counted by metric, from the step before', () => {
    const lines = ['{"metric":"a","value":1}', '{"metric":"a","value":2,"step":9}', '{"metrics":{"a":3,"b":4}}']
    expect(takenQuickly(...lines).points).toEqual([
      [
        'a',
        [
          { step: 0, value: 1 },
          { step: 9, value: 2 },
          { step: 10, value: 3 },
        ],
      ],
      ['b', [{ step: 0, value: 4 }]],
    ])
  })

  test.each([
    ['an escape', '{"metric":"a\\u0062","value":1}'],
    ['a member nobody knows', '{"metric":"a","value":1,"epoch":2}'],
    ['a member twice', '{"metric":"a","value":1,"value":2}'],
    ['a metric twice', '{"metrics":{"a":1,"a":2}}'],
    ['a value that is text', '{"metric":"a","value":"NaN"}'],
    ['a step that is no whole number', '{"metric":"a","value":1,"step":0.5}'],
    ['a time that is none', '{"metric":"a","value":1,"time":3}'],
    ['a parameter', '{"param":"a","value":1}'],
    ['text behind it', '{"metric":"a","value":1} x'],
    ['a comma too many', '{"metric":"a","value":1,}'],
    ['no value', '{"metric":"a"}'],
    ['a metric among metrics', '{"metric":"a","value":1,"metrics":{"b":2}}'],
    ['a value without a metric', '{"metrics":{"b":2},"value":1}'],
    ['a name that is none', '{"metric":" a","value":1}'],
    ['an open end', '{"metric":"a","value":1'],
  ])('%s is left to the careful path, and nothing of it is taken', (_, line) => {
    expect(takenQuickly(line)).toEqual({ taken: [false], points: [] })
  })

  test('bytes that are not UTF-8 are left to the careful path', () => {
    const columns = openLogColumns()
    const bytes = Buffer.concat([Buffer.from('{"metric":"'), Buffer.from([0xff]), Buffer.from('","value":1}\n')])
    expect(quickLineReader(columns)(bytes, 0, bytes.length - 1)).toBe(false)
    expect(points(columns)).toEqual([])
  })

  test('law: whatever is taken quickly is what care would have taken', () => {
    const key = fc.constantFrom('"a"', '"b/c"', '"ü"', '" "', '"a\\n"')
    const number = fc.oneof(fc.double().map(String), fc.integer().map(String), fc.constantFrom('-0', '1.50', '2e3'))
    const member = fc.oneof(
      key.map((name) => `"metric": ${name}`),
      number.map((value) => `"value":${value}`),
      number.map((value) => `"step" :${value}`),
      fc.constantFrom('"time":1763733600', '"time":3', '"rank":1', '"other":1', '"value":"NaN"'),
      fc.array(fc.tuple(key, number), { maxLength: 4 }).map((list) => {
        return `"metrics":{${list.map(([name, value]) => `${name}:${value}`).join(', ')}}`
      }),
    )
    const lines = fc.array(member, { maxLength: 5 }).map((members) => `{${members.join(',')}}`)
    fc.assert(
      fc.property(lines, (line) => {
        const { taken, points: found } = takenQuickly(line)
        if (taken[0] === true) expect(found).toEqual(takenWithCare(line))
        else expect(found).toEqual([])
      }),
      { numRuns: 3000 },
    )
  })
})
