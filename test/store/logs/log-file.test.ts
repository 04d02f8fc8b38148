/**
 * Log files as programs leave them: whole, torn, damaged, and written by several at once.
 */
import { expect, test } from 'vitest'
import { pointsOf } from '../../../src/domain/series.ts'
import { appendLines, openLogAppender } from '../../../src/store/logs/append-log.ts'
import { LIMIT_METRICS, openLogColumns } from '../../../src/store/logs/log-columns.ts'
import { openLogReader } from '../../../src/store/logs/log-file.ts'
import { LOG_LINE_LIMIT_BYTES } from '../../../src/store/logs/log-lines.ts'
import { openTold } from '../../../src/store/logs/told-problems.ts'
import { faultyFiles } from '../../support/faulty-files.ts'
import { memoryFiles } from '../../support/memory-files.ts'
import type { Files } from '../../../src/store/files/files.ts'

interface Read {
  readonly points: Readonly<Record<string, string>>
  readonly entries: readonly string[]
  readonly told: readonly string[]
}

async function read(files: Files, ...paths: readonly string[]): Promise<Read> {
  const columns = openLogColumns()
  const told = openTold()
  const entries: string[] = []
  const other = ({ entry, place }: { readonly entry: { readonly kind: string }; readonly place: string }): void => {
    entries.push(`${place} ${entry.kind}`)
  }
  const reader = openLogReader(files, columns, { other, told })
  for (const path of paths) await reader.read(path)
  const points = [...columns.series()].map(([key, series]) => {
    return [
      key,
      pointsOf(series)
        .map(({ step, value }) => `${step}:${value}`)
        .join(' '),
    ] as const
  })
  return { points: Object.fromEntries(points), entries, told: told.told() }
}

async function readText(content: string | Uint8Array): Promise<Read> {
  const files = memoryFiles()
  await files.makeFolder('/run')
  const file = await files.open('/run/log.jsonl', 'create')
  await file.write(Buffer.from(content))
  await file.close()
  return await read(files, '/run/log.jsonl')
}

const A = '{"metric":"a","value":1}'

test('points, entries, empty lines and line ends of Windows', async () => {
  expect(await readText(`${A}\r\n\n  \n{"param":"lr","value":1}\n{"metric":"a","value":Infinity,"step":-2}\n`)).toEqual(
    {
      points: { a: '0:1 -2:Infinity' },
      entries: ['log.jsonl:4 parameters'],
      told: [],
    },
  )
})

test('a torn last line is cut and told, whatever its length', async () => {
  for (let length = 1; length <= A.length; length += 1) {
    const { points, told } = await readText(`${A}\n${A.slice(0, length)}`)
    expect(points).toEqual({ a: '0:1' })
    expect(told).toEqual([`log.jsonl:2: cut, the line was never finished (${length} bytes)`])
  }
})

test('a whole line behind a torn one is read, wherever that was torn', async () => {
  for (let length = 1; length < A.length; length += 1) {
    const { points, told } = await readText(`${A.slice(0, length)}${A}\n`)
    expect(points).toEqual({ a: '0:1' })
    expect(told).toEqual(['log.jsonl:1: its first bytes are cut, they are of a line that was never finished'])
  }
})

test('bad lines are told with file and line, and keep nothing else from being read', async () => {
  const lines = ['not json', A, '{"metric":"a","value":"x"}', '[1,2]', '{"loss":1}', '{"metric":"\u0007","value":1}', A]
  const { points, told } = await readText(lines.map((line) => `${line}\n`).join(''))
  expect(points).toEqual({ a: '0:1 1:1' })
  expect(told).toMatchInlineSnapshot(`
    [
      "log.jsonl:1: skipped, expected a value, found 'n'",
      "log.jsonl:3: skipped, the value of metric 'a' is not a number",
      "log.jsonl:4: skipped, expected a JSON object",
      "log.jsonl:5: skipped, expected one of metric, metrics, param, params, tag, artifact, image, table, text",
      "log.jsonl:6: skipped, this string has a raw control character or a bad escape",
    ]
  `)
})

test('bytes that are no text are told', async () => {
  const { told } = await readText(Buffer.concat([Buffer.from([0x7b, 0xff, 0x0a]), Buffer.from(`${A}\n`)]))
  expect(told).toEqual(['log.jsonl:1: skipped, it is not UTF-8 text'])
})

test('a million bad lines are told in fifty, and the rest is counted', async () => {
  const { told } = await readText('x\n'.repeat(1_000))
  expect(told).toHaveLength(51)
  expect(told.at(-1)).toBe('950 more problems of this kind are not shown')
})

test('an unknown member is told once for all lines', async () => {
  const { points, told } = await readText('{"metric":"a","value":1,"epoch":3}\n'.repeat(100))
  expect(points['a']?.split(' ')).toHaveLength(100)
  expect(told).toEqual(["log.jsonl: 'epoch' is not understood and is left out"])
})

test('a line beyond the limit is skipped, and those around it are read', async () => {
  const long = `{"text":"a","value":"${'x'.repeat(LOG_LINE_LIMIT_BYTES + 2_000_000)}"}`
  const { points, entries, told } = await readText(`${A}\n${long}\n${A}\n`)
  expect(points).toEqual({ a: '0:1 1:1' })
  expect(entries).toEqual([])
  expect(told).toEqual([`log.jsonl:2: skipped, a line has at most ${LOG_LINE_LIMIT_BYTES} bytes`])
})

test('lines that fall on the seams of the reader are whole', async () => {
  const pad = (line: string, bytes: number): string => line.replace('}', ' '.repeat(bytes - line.length) + '}')
  const lines = Array.from({ length: 3_000 }, (_, step) => pad(`{"metric":"a","value":${step}}`, 1_000 + (step % 7)))
  const { points, told } = await readText(lines.map((line) => `${line}\n`).join(''))
  expect(points['a']).toBe(lines.map((_, step) => `${step}:${step}`).join(' '))
  expect(told).toEqual([])
})

test('the steps nobody gives are counted in each file for itself', async () => {
  const files = memoryFiles()
  await files.makeFolder('/run')
  await appendLines(files, '/run/log-0.jsonl', `${A}\n${A}\n`)
  await appendLines(files, '/run/log-1.jsonl', `${A}\n`)
  expect((await read(files, '/run/log-0.jsonl', '/run/log-1.jsonl')).points).toEqual({ a: '0:1 1:1 0:1' })
})

test('appends that overlap are all there, whole and in order', async () => {
  const files = memoryFiles()
  await files.makeFolder('/run')
  const log = await openLogAppender(files, '/run/log.jsonl')
  const numbers = Array.from({ length: 500 }, (_, number) => number)
  await Promise.all(numbers.map((number) => log.append(`{"metric":"a","value":${number}}\n`)))
  await log.close()
  const { points, told } = await read(files, '/run/log.jsonl')
  expect(points['a']).toBe(numbers.map((number) => `${number}:${number}`).join(' '))
  expect(told).toEqual([])
})

test.each(['EIO', 'ENOSPC'] as const)('a write that fails with %s tears no line but its own', async (fault) => {
  for (const at of [2, 3, 4, 5]) {
    const disk = memoryFiles()
    await disk.makeFolder('/run')
    const log = await openLogAppender(faultyFiles(disk, { at, fault }), '/run/log.jsonl')
    const acknowledged: number[] = []
    for (const number of [0, 1, 2, 3]) {
      const line = `{"metric":"a","value":${number},"step":${number}}\n`
      await log.append(line).then(
        () => acknowledged.push(number),
        () => undefined,
      )
    }
    await log.close()
    const values = ((await read(disk, '/run/log.jsonl')).points['a'] ?? '').split(' ').map((text) => text.split(':')[1])
    expect(acknowledged.length).toBeGreaterThanOrEqual(3)
    for (const number of acknowledged) expect(values).toContain(String(number))
    expect(new Set(values).size).toBe(values.length)
  }
})

test('a program that makes a metric of every step is told where it ends, and the others stay', async () => {
  const lines = Array.from({ length: LIMIT_METRICS + 2 }, (_, index) => `{"metric":"m/${index}","value":1}\n`)
  const { points, told } = await readText(`${lines.join('')}{"metric":"m/0","value":2}\n`)
  expect(Object.keys(points)).toHaveLength(LIMIT_METRICS)
  expect(points['m/0']).toBe('0:1 1:2')
  expect(told[0]).toBe(`log.jsonl:${LIMIT_METRICS + 1}: skipped, metrics of a run is 20001, limit 20000`)
  expect(told).toHaveLength(2)
})
