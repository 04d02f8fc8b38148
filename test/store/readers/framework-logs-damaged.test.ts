/**
 * Logs that are damaged, cut off or made to harm: all that is whole is read, the rest is told, and memory is bounded.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32c } from '../../../src/base/crc32c.ts'
import type { Files } from '../../../src/store/files/files.ts'
import { frameworkLogsAt, readFrameworkLogs } from '../../../src/store/readers/framework-logs.ts'
import type { FrameworkRecord } from '../../../src/store/readers/framework-logs.ts'
import { readTfRecords } from '../../../src/store/readers/tfrecord.ts'
import { memoryFiles } from '../../support/memory-files.ts'
import { recordLines } from '../../support/framework-record-text.ts'

const GOLDEN = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'golden', 'readers')
const EVENTS = readFileSync(
  join(GOLDEN, 'tensorflow-2.21.0/files/fit/train/events.out.tfevents.1795271388.vm.1629.1.v2'),
)

async function read(files: Record<string, string | Uint8Array>, path: string): Promise<FrameworkRecord> {
  const disk = memoryFiles()
  for (const [name, content] of Object.entries(files)) {
    await disk.makeFolder(dirname(`/w/${name}`))
    const file = await disk.open(`/w/${name}`, 'create')
    await file.write(Buffer.from(content))
    await file.close()
  }
  return await readFrameworkLogs(disk, await frameworkLogsAt(disk, path === '.' ? '/w' : `/w/${path}`))
}

async function outputs(...paths: readonly string[]): Promise<readonly string[]> {
  const disk = memoryFiles()
  for (const path of paths) {
    await disk.makeFolder(dirname(`/w/${path}`))
    await (await disk.open(`/w/${path}`, 'create')).close()
  }
  const logs = await frameworkLogsAt(disk, '/w')
  return logs.flatMap((log) => log.outputs.map((path) => path.slice('/w/'.length)))
}

async function lines(files: Record<string, string | Uint8Array>, path: string): Promise<readonly string[]> {
  return recordLines(await read(files, path), '/w')
}

function readEvents(bytes: Uint8Array): Promise<FrameworkRecord> {
  return read({ 'a.tfevents.1': bytes }, 'a.tfevents.1')
}

async function countPoints(bytes: Uint8Array): Promise<number> {
  return [...(await readEvents(bytes)).series.values()].reduce((sum, { values }) => sum + values.length, 0)
}

/** Frames data as TFRecord does. */
function framed(data: Uint8Array, length = BigInt(data.length)): Buffer {
  const head = Buffer.alloc(12)
  head.writeBigUInt64LE(length, 0)
  head.writeUInt32LE(masked(head.subarray(0, 8)), 8)
  const foot = Buffer.alloc(4)
  foot.writeUInt32LE(masked(data), 0)
  return Buffer.concat([head, data, foot])
}

function masked(bytes: Uint8Array): number {
  const sum = crc32c(bytes)
  return (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0
}

describe('event files', () => {
  test('cut at any byte, what is whole is read and the cut is told', async () => {
    let before = 0
    for (let length = 0; length < EVENTS.length; length += 1) {
      const record = await readEvents(EVENTS.subarray(0, length))
      const points = [...record.series.values()].reduce((sum, { values }) => sum + values.length, 0)
      expect(points).toBeGreaterThanOrEqual(before)
      before = points
      expect(record.told.length).toBeLessThanOrEqual(1)
    }
    expect(before).toBe((await countPoints(EVENTS)) - 1)
    expect((await readEvents(EVENTS.subarray(0, -1))).told).toEqual([
      expect.stringMatching(/the last record is cut off after \d+ bytes: all before it was read$/),
    ])
  })

  test('with any one byte changed, no point is wrong and the damage is told', async () => {
    const whole = await readEvents(EVENTS)
    const right = new Set(recordLines(whole, '/w').flatMap((line) => line.split(/[: ]+/)))
    for (let at = 0; at < EVENTS.length; at += 1) {
      const bytes = Buffer.from(EVENTS)
      bytes[at] = (bytes[at] ?? 0) ^ 0x10
      const record = await readEvents(bytes)
      expect(record.told).toHaveLength(1)
      const found = recordLines({ ...record, told: [] }, '/w').flatMap((line) => line.split(/[: ]+/))
      expect(found.filter((word) => !right.has(word))).toEqual([])
    }
  })

  test('a length beyond the file is a cut, one beyond what a file can have is damage', async () => {
    expect((await readEvents(framed(new Uint8Array(4), 2n ** 40n))).told).toEqual([
      '/w/a.tfevents.1: the last record is cut off after 20 bytes: all before it was read',
    ])
    expect((await readEvents(framed(new Uint8Array(4), 2n ** 63n))).told).toEqual([
      '/w/a.tfevents.1: damaged at byte 0: nothing after it could be read',
    ])
  })

  test('data that is no event is counted, and no data makes the reader throw', async () => {
    expect((await readEvents(framed(Buffer.from([0x0b])))).told).toEqual([
      '/w/a.tfevents.1: 1 that are no events: passed over',
    ])
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), async (records) => {
        await readEvents(Buffer.concat(records.map((data) => framed(data))))
      }),
    )
  })

  test('a name that cannot be one is told, and the other metrics are read', async () => {
    const value = (tag: string) =>
      field(1, Buffer.concat([field(1, Buffer.from(tag)), Buffer.from('150000003f', 'hex')]))
    const event = field(5, Buffer.concat([value('loss'), value('bad\nname'), value('x'.repeat(300))]))
    expect(recordLines(await readEvents(framed(event)), '/w')).toEqual([
      'loss: 0→0.5',
      'keep a.tfevents.1',
      String.raw`told 'bad\x0aname' is not a valid metric name`,
      expect.stringMatching(/^told 'x+…' is not a valid metric name$/),
    ])
  })

  test('200 MB of records of 40 MB take no more than a megabyte or two to check', async () => {
    const disk = endlessRecords(5, 40 * 1024 * 1024)
    let largest = 0
    const damage = await readTfRecords(disk.files, '/events', (data) => (largest = Math.max(largest, data.length)))
    expect(damage).toEqual({ damaged: 0, tornBytes: 0, tooLarge: 5 })
    expect([largest, disk.largestRead() <= 2 * 1024 * 1024]).toEqual([0, true])
  })
})

/** A field of a message that has bytes. */
function field(number: number, bytes: Uint8Array): Buffer {
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 0x7f) | 0x80, bytes.length >> 7]
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes])
}

/** A file of equal records of zeros that is on no disk; it remembers the largest piece that was asked for. */
function endlessRecords(count: number, size: number): { readonly files: Files; readonly largestRead: () => number } {
  const record = framed(Buffer.alloc(size))
  let largest = 0
  const read = (buffer: Uint8Array, position: number): Promise<number> => {
    largest = Math.max(largest, buffer.length)
    if (position >= count * record.length) return Promise.resolve(0)
    const from = position % record.length
    const piece = record.subarray(from, from + buffer.length)
    buffer.set(piece)
    return Promise.resolve(piece.length)
  }
  const disk = memoryFiles()
  const stat = () => disk.stat('/').then((found) => found && { ...found, kind: 'file' as const })
  const open = () => Promise.resolve({ read, write: never, sync: never, stat: never, close: () => Promise.resolve() })
  return { files: { ...disk, stat, open }, largestRead: () => largest }
}

function never(): Promise<never> {
  return Promise.reject(new Error('only reads are expected'))
}

describe('tables', () => {
  test('the last line of a killed writer is told and left out', async () => {
    expect(await lines({ 'version_0/metrics.csv': 'epoch,step,loss\n0,1,0.5\n0,2,' }, '.')).toEqual([
      'epoch: 1→0 2→0',
      'loss: 1→0.5',
    ])
    expect(await lines({ 'version_0/metrics.csv': 'epoch,step,loss\n0,1,0.5\n0,2' }, '.')).toEqual([
      'epoch: 1→0',
      'loss: 1→0.5',
      'told /version_0/metrics.csv:3: 2 cells, but the header names 3',
    ])
  })

  test('what Keras writes after a stopped training is no value', async () => {
    expect(await lines({ 'training.log': 'epoch,loss,val_loss\n0,0.5,NA\n1,nan,0.25\n' }, '.')).toEqual([
      'loss: 0→0.5 1→NaN',
      'val_loss: 1→0.25',
    ])
  })

  test('text is told once a column, and two columns of one name are refused', async () => {
    expect(await lines({ 'a.csv': 'epoch,loss,note\n0,0.5,a\n1,0.25,b\n' }, '.')).toEqual([
      'loss: 0→0.5 1→0.25',
      "told /a.csv: column 'note' holds text, which is left out",
    ])
    expect(await lines({ 'a.csv': 'epoch,loss,loss\n0,1,2\n' }, '.')).toEqual([expect.stringContaining('told')])
  })
})

describe('documents', () => {
  test('a trainer state without its log, cut off, or nested without end is told', async () => {
    const told = async (text: string) => await lines({ 'trainer_state.json': text }, 'trainer_state.json')
    expect(await told('{"global_step": 3}')).toEqual([
      'told /trainer_state.json: expected a trainer state with a list `log_history`',
    ])
    expect(await told('{"log_history": [{"loss"')).toEqual([
      expect.stringMatching(/^told .*expected ':', found the end$/),
    ])
    expect(await told(`{"log_history": ${'['.repeat(100_000)}`)).toEqual([
      expect.stringMatching(/nested deeper than 64$/),
    ])
  })

  test('of a trainer state, what is no number is told and NaN stays', async () => {
    const state = { log_history: [{ loss: 'high', step: 1 }, { loss: 'NaN', step: 2 }, { loss: 1, step: 0.5 }, 7] }
    expect(await lines({ 'trainer_state.json': JSON.stringify(state) }, 'trainer_state.json')).toEqual([
      'loss: 2→NaN',
      'keep trainer_state.json',
      "told /trainer_state.json: 'loss' in log_history is no number, and is left out",
      'told /trainer_state.json: entry 3 of log_history has no whole step',
      'told /trainer_state.json: entry 4 of log_history is no mapping',
    ])
  })

  test('a file called history that is none is not found; one that was named is told', async () => {
    const chat = JSON.stringify({ messages: ['hello'] })
    expect(await lines({ 'history.json': chat, 'x.txt': '' }, '.')).toEqual([])
    expect(await lines({ 'history.json': chat }, 'history.json')).toEqual([
      'told /history.json: expected lists of numbers by metric, as `history.history` of Keras is',
    ])
  })

  test('Python objects in hparams.yaml are not read: the file is kept', async () => {
    const files = {
      'version_0/metrics.csv': 'step,loss\n1,0.5\n',
      'version_0/hparams.yaml': 'a: !!python/name:os.system\n',
    }
    expect(await lines(files, '.')).toEqual([
      'loss: 1→0.5',
      'keep version_0/hparams.yaml',
      'told /version_0/hparams.yaml:1:4: tags are not accepted',
    ])
  })
})

describe('several logs at once', () => {
  test('a metric they do not agree on has the name of its log in front', async () => {
    const files = {
      'lightning_logs/version_0/metrics.csv': 'step,loss,acc\n1,0.5,1\n',
      'lightning_logs/version_1/metrics.csv': 'step,loss,acc\n1,0.25,1\n',
    }
    expect(await lines(files, '.')).toEqual([
      'lightning_logs/version_0/loss: 1→0.5',
      'lightning_logs/version_1/loss: 1→0.25',
      'acc: 1→1',
    ])
  })

  test('virtual environments, packages and hidden folders are not searched', async () => {
    const table = 'epoch,loss\n0,1\n'
    const files = {
      '.venv/a.csv': table,
      'env/pyvenv.cfg': '',
      'env/lib/a.csv': table,
      'node_modules/a/a.csv': table,
      'out/a.csv': table,
    }
    expect(await lines(files, '.')).toEqual(['loss: 0→1'])
  })
})

describe('what a log counts as outputs, so that it is no code', () => {
  test('files of a folder that may hold code; all of one that the logger made', async () => {
    expect(await outputs('train.py', 'a.tfevents.1', 'train/b.tfevents.1')).toEqual([
      'a.tfevents.1',
      'train/b.tfevents.1',
    ])
    expect(await outputs('lightning_logs/version_3/metrics.csv')).toEqual(['lightning_logs/version_3'])
    expect(await outputs('live/metrics.json', 'live/plots/metrics/a.tsv')).toEqual(['live'])
    expect(await outputs('metrics.json', 'plots/metrics/a.tsv')).toEqual(['metrics.json', 'plots/metrics/a.tsv'])
  })

  test('every checkpoint of a Trainer, though only the last is read', async () => {
    const states = ['checkpoint-8', 'checkpoint-16'].map((name) => `out/${name}/trainer_state.json`)
    expect([...(await outputs(...states, 'out/trainer_state.json'))].sort()).toEqual([
      'out/checkpoint-16',
      'out/checkpoint-8',
      'out/trainer_state.json',
    ])
  })
})
