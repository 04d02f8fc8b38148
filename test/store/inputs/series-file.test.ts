/**
 * Series files: what training scripts write, read point by point, with the line named when it is wrong.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.ts'
import { pointsOf, seriesOf } from '../../../src/domain/series.ts'
import type { Point, Series, SeriesSet } from '../../../src/domain/series.ts'
import { readSeries } from '../../../src/store/inputs/series-file.ts'
import { memoryFiles } from '../../support/memory-files.ts'

async function read(path: string, content: string | Uint8Array): Promise<SeriesSet> {
  const files = memoryFiles()
  await files.makeFolder('/')
  const file = await files.open(path, 'create')
  await file.write(Buffer.from(content))
  await file.close()
  return readSeries(files, path)
}

async function points(path: string, content: string): Promise<Record<string, readonly Point[]>> {
  return Object.fromEntries([...(await read(path, content))].map(([key, series]) => [key, pointsOf(series)]))
}

async function refusal(path: string, content: string | Uint8Array): Promise<string> {
  try {
    await read(path, content)
  } catch (caught) {
    if (caught instanceof Failure) return `${caught.code}: ${caught.message}`
    throw caught
  }
  return 'accepted'
}

describe('JSON Lines', () => {
  test('a row holds any number of metrics beside its step and time', async () => {
    const text = ['{"step":1,"loss":0.5,"acc":0.1,"time":1700000000.25}', '', '{"step":2,"loss":0.25}'].join('\n')
    expect(await points('/a.jsonl', text)).toEqual({
      loss: [
        { step: 1, atMs: 1_700_000_000_250, value: 0.5 },
        { step: 2, value: 0.25 },
      ],
      acc: [{ step: 1, atMs: 1_700_000_000_250, value: 0.1 }],
    })
  })

  test('a row may name its metric; without a step, the points of each metric are counted', async () => {
    const text = ['{"metric":"a","value":1}', '{"metric":"b","value":2}', '{"metric":"a","value":3,"step":9}'].join(
      '\n',
    )
    expect(await points('/a.jsonl', text)).toEqual({
      a: [
        { step: 0, value: 1 },
        { step: 9, value: 3 },
      ],
      b: [{ step: 0, value: 2 }],
    })
  })

  test('nothing is dropped, sorted or merged: repeated and backward steps, NaN and infinities stay', async () => {
    const text = '{"step":2,"x":NaN}\n{"step":1,"x":-Infinity}\n{"step":1,"x":"NaN"}\n{"step":1,"x":null}\n'
    expect(await points('/a.ndjson', text)).toEqual({
      x: [
        { step: 2, value: NaN },
        { step: 1, value: -Infinity },
        { step: 1, value: NaN },
      ],
    })
  })

  test('nested mappings become dotted names, and keys that name built-ins are only keys', async () => {
    const text = '{"step":0,"train":{"loss":1},"__proto__":2,"text is NaN":3}'
    const series = await read('/a.jsonl', text)
    expect([...series.keys()]).toEqual(['train.loss', '__proto__', 'text is NaN'])
  })

  test('a whole epoch is a step, a fractional one a metric, and a short time is a duration', async () => {
    expect(await points('/a.jsonl', '{"epoch":3,"loss":1}\n{"epoch":3.5,"loss":2,"time":12.5}')).toEqual({
      loss: [
        { step: 3, value: 1 },
        { step: 1, value: 2 },
      ],
      epoch: [{ step: 1, value: 3.5 }],
      time: [{ step: 1, value: 12.5 }],
    })
  })

  test.each([
    ['{"step":1,"loss":0.5}\n{"step":', 'document-malformed: /a.jsonl:2: not a line of JSON'],
    ['[1]', 'document-malformed: /a.jsonl:1: expected a JSON object'],
    ['{"step":1.5,"a":1}', "document-malformed: /a.jsonl:1: expected a whole number in 'step'"],
    ['{"phase":"train"}', "metric-not-number: metric 'phase' in '/a.jsonl:1' is text, not a number"],
    ['{"a":[1]}', "metric-not-number: metric 'a' in '/a.jsonl:1' is a list, not a number"],
    ['{"a":true}', "metric-not-number: metric 'a' in '/a.jsonl:1' is true or false, not a number"],
    ['{"metric":"a","value":null}', "document-malformed: /a.jsonl:1: metric 'a' has no value"],
    ['{"metric":7,"value":1}', 'document-malformed: /a.jsonl:1: expected the name of a metric in `metric`'],
    [`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, 'document-too-deep: /a.jsonl:1: nested deeper than 64'],
    ['{"":{"":1}}', 'accepted'],
    ['{" a":1}', "name-invalid: ' a' is not a valid metric name"],
    [Buffer.from([0x7b, 0xff]), 'document-malformed: /a.jsonl: the file is not UTF-8 text'],
    [Buffer.from([0x7b, 0xc3]), 'document-malformed: /a.jsonl: the file is not UTF-8 text'],
  ])('%s is refused with its line', async (text, message) => {
    expect(await refusal('/a.jsonl', text)).toBe(message)
  })

  test('a line without end is refused before it fills the memory', async () => {
    expect(await refusal('/a.jsonl', `{"a":${'1'.repeat(3_000_000)}`)).toMatch(/^limit-exceeded: /)
  })
})

describe('CSV', () => {
  test('the header names the metrics; empty cells are no points', async () => {
    const text = '\ufeffstep,"val, loss",acc,timestamp\r\n1,0.5,,2026-11-20T09:30:00+01:00\r\n2,1e-3,inf,\r\n'
    expect(await points('/a.csv', text)).toEqual({
      'val, loss': [
        { step: 1, atMs: Date.UTC(2026, 10, 20, 8, 30), value: 0.5 },
        { step: 2, value: 0.001 },
      ],
      acc: [{ step: 2, value: Infinity }],
    })
  })

  test('the index column of pandas is the step, and tabs separate in .tsv', async () => {
    expect(await points('/a.csv', ',loss\n10,1\n20,2')).toEqual({
      loss: [
        { step: 10, value: 1 },
        { step: 20, value: 2 },
      ],
    })
    expect(await points('/a.tsv', 'loss\tacc\n1\t2')).toEqual({
      loss: [{ step: 0, value: 1 }],
      acc: [{ step: 0, value: 2 }],
    })
  })

  test('a long table names the metric in each row', async () => {
    expect(await points('/a.csv', 'metric,step,value\nloss,1,0.5\n"a ""b""",1,2\n')).toEqual({
      loss: [{ step: 1, value: 0.5 }],
      'a "b"': [{ step: 1, value: 2 }],
    })
  })

  test.each([
    ['a,b\n1\n', 'document-malformed: /a.csv:2: 1 cells, but the header names 2'],
    ['a,b\n1,0x10\n', "metric-not-number: metric 'b' in '/a.csv:2' is text, not a number"],
    ['a,b\n1,"2\n', 'document-malformed: /a.csv:2:3: a quote is not closed, or text follows it'],
    ['a,a\n1,2\n', "key-duplicate: /a.csv:1: key 'a' appears twice"],
  ])('%j is refused with its line', async (text, message) => {
    expect(await refusal('/a.csv', text)).toBe(message)
  })
})

test('another extension, and a file that is not there, are refused', async () => {
  expect(await refusal('/a.parquet', '')).toBe(
    "usage-invalid: series file '/a.parquet' is neither .jsonl, .ndjson, .csv nor .tsv",
  )
  await expect(readSeries(memoryFiles(), '/no.csv')).rejects.toMatchObject({ code: 'file-not-found' })
})

test('whatever the values, JSON Lines and CSV of the same table are the same series', async () => {
  const value = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0))
  const table = fc.array(fc.tuple(fc.maxSafeInteger(), value, value), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(table, async (rows) => {
      const json = rows.map(([step, a, b]) => `{"step":${step},"a":${text(a)},"b":${text(b)}}`).join('\n')
      const csv = ['step,a,b', ...rows.map((row) => row.map(text).join(','))].join('\n')
      const expected: [string, Series][] = [
        ['a', seriesOf(rows.map(([step, a]) => ({ step, value: a })))],
        ['b', seriesOf(rows.map(([step, , b]) => ({ step, value: b })))],
      ]
      const series = rows.length === 0 ? [] : expected
      expect([...(await read('/a.jsonl', json))]).toEqual(series)
      expect([...(await read('/a.csv', csv))]).toEqual(series)
    }),
    { numRuns: 50 },
  )
})

/** Keeps the sign of zero, which `String` drops. */
function text(value: number): string {
  return Object.is(value, -0) ? '-0.0' : String(value)
}
