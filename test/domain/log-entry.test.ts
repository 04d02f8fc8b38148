/**
 * Lines of the logging protocol: what each says, what is wrong with the others, and that what is written is read.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/domain/failure.ts'
import { parseMetricKey, parseParameterKey } from '../../src/domain/key.ts'
import { parseLogEntry } from '../../src/domain/log-entry.ts'
import type { LogEntry, ParsedLogLine } from '../../src/domain/log-entry.ts'
import { logLine } from '../../src/domain/log-line.ts'
import { readStrictJson } from '../../src/store/documents/strict-json.ts'
import { anyFloat, anyRun } from '../support/document-arbitraries.ts'

const PLACE = { file: 'log.jsonl', line: 3 }

function read(text: string): ParsedLogLine {
  return parseLogEntry(readStrictJson(text, 'log.jsonl', { nonFinite: true }), PLACE)
}

function said(text: string): string {
  try {
    const { entry, ignored } = read(text)
    return logLine(entry).trimEnd() + (ignored.length === 0 ? '' : ` without ${ignored.join(', ')}`)
  } catch (caught) {
    if (caught instanceof Failure) return caught.message
    throw caught
  }
}

describe('a line says one thing', () => {
  test.each([
    [
      '{"metric":"loss","value":0.3,"step":10,"time":1763733600.5,"rank":0}',
      '{"metric":"loss","value":0.3,"step":10,"time":1763733600.5}',
    ],
    ['{"metric":"loss","value":NaN}', '{"metric":"loss","value":NaN}'],
    [
      '{"metric":"loss","value":"-Infinity","step":-3,"time":"2025-11-21T14:00:00.250Z"}',
      '{"metric":"loss","value":-Infinity,"step":-3,"time":1763733600.25}',
    ],
    ['{"metrics":{"loss":0.3,"acc":1},"step":10.0}', '{"metrics":{"loss":0.3,"acc":1.0},"step":10}'],
    ['{"param":"lr","value":0.1}', '{"params":{"lr":0.1}}'],
    [
      '{"params":{"lr":1.0,"opt":{"name":"adam"},"seed":12345678901234567890}}',
      '{"params":{"lr":1.0,"opt.name":"adam","seed":12345678901234567890}}',
    ],
    ['{"tag":"baseline"}', '{"tag":"baseline"}'],
    ['{"artifact":"out/model.bin","name":"model.bin"}', '{"artifact":"out/model.bin","name":"model.bin"}'],
    [
      '{"image":"samples","step":10,"path":"a.png","caption":"..."}',
      '{"image":"samples","path":"a.png","caption":"...","step":10}',
    ],
    ['{"table":"predictions","path":"p.csv","key":"id"}', '{"table":"predictions","path":"p.csv","key":"id"}'],
    [
      '{"table":"confusion","columns":["a","b"],"rows":[[1,"x"],[null,NaN]]}',
      '{"table":"confusion","columns":["a","b"],"rows":[[1,"x"],[null,NaN]]}',
    ],
    ['{"text":"sample","step":10,"value":"Once"}', '{"text":"sample","value":"Once","step":10}'],
    ['{"tag":"x","step":null,"time":null}', '{"tag":"x"}'],
    ['{"metric":"loss","value":1,"epoch":3,"time":12.5}', '{"metric":"loss","value":1.0} without epoch, time'],
  ])('%s', (line, expected) => {
    expect(said(line)).toBe(expected)
  })
})

describe('what is wrong is told with its line', () => {
  test.each([
    ['[1]', 'expected a JSON object'],
    ['{"loss":0.3}', 'expected one of metric, metrics, param'],
    ['{"metric":"loss","param":"lr","value":1}', "'metric' and 'param' do not go on one line"],
    ['{"metric":"loss"}', "metric 'loss' has no value"],
    ['{"metric":"loss","value":true}', "the value of metric 'loss' is not a number"],
    ['{"metric":"loss","value":null}', "the value of metric 'loss' is not a number"],
    ['{"metric":"loss","value":"0.3"}', "the value of metric 'loss' is not a number"],
    ['{"metric":"loss","value":1,"step":1.5}', "expected a whole number in 'step'"],
    ['{"metric":" loss","value":1}', 'is not a valid metric name'],
    ['{"metric":3,"value":1}', "expected text in 'metric'"],
    ['{"metrics":[1]}', "expected names and numbers in 'metrics'"],
    ['{"params":{"a":{"b":1},"a.b":2}}', 'has both'],
    ['{"params":3}', 'expected a mapping of parameter names to values'],
    ['{"param":"lr"}', "'value' is missing"],
    ['{"image":"a"}', "'path' is missing"],
    ['{"table":"a","columns":["x","x"],"rows":[]}', 'two columns have the same name'],
    ['{"table":"a","columns":["x"],"rows":[[1,2]]}', 'expected 1 values in each row'],
    ['{"text":"a","value":3}', "expected text in 'value'"],
  ])('%s', (line, problem) => {
    expect(said(line)).toContain(problem)
  })
})

test('law: what is written is read', () => {
  const moment = {
    step: fc.option(fc.maxSafeInteger(), { nil: undefined }),
    atMs: fc.option(fc.integer({ min: 1.6e12, max: 4e12 }), { nil: undefined }),
  }
  const name = fc.stringMatching(/^[a-z]{1,8}$/)
  const metric = fc.tuple(name.map(parseMetricKey), anyFloat)
  const entries = fc.oneof(
    fc.record({
      kind: fc.constant('points' as const),
      values: fc.uniqueArray(metric, { minLength: 1, maxLength: 4, selector: ([key]) => key }),
      ...moment,
    }),
    fc.record({ kind: fc.constant('text' as const), key: name, value: fc.string({ unit: 'grapheme' }), ...moment }),
    fc.record({ kind: fc.constant('image' as const), key: name, path: name, ...moment }),
    fc.record({ kind: fc.constant('artifact' as const), path: name, name: fc.option(name, { nil: undefined }) }),
  )
  fc.assert(
    fc.property(entries, (written) => {
      // `toEqual` takes a member that is undefined for one that is absent.
      expect(read(logLine(written as LogEntry))).toEqual({ entry: written, ignored: [] })
    }),
  )
})

test('law: parameters keep type and digits', () => {
  fc.assert(
    fc.property(anyRun, ({ parameters: values }) => {
      fc.pre(values.size > 0)
      expect(read(logLine({ kind: 'parameters', values })).entry).toEqual({ kind: 'parameters', values })
    }),
  )
  const values = new Map([[parseParameterKey('seed'), 2n ** 80n]])
  expect(read(logLine({ kind: 'parameters', values })).entry).toEqual({ kind: 'parameters', values })
})
