/**
 * Rows and columns of Parquet files that pyarrow made, and what becomes of damaged ones.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Volume } from 'memfs'
import { expect, test } from 'vitest'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { parseParquetFooter } from '../../../src/store/data/parquet-footer.ts'
import { surveyFile } from '../../../src/store/data/file-survey.ts'
import { memoryFiles } from '../../support/memory-files.ts'

const FOLDER = fileURLToPath(new URL('../../golden/readers/pyarrow-26.0.1/', import.meta.url))

interface Facts {
  readonly rows: number
  readonly columns: readonly (readonly [name: string, type: string])[]
}

const TOLD = JSON.parse(readFileSync(`${FOLDER}columns.json`, 'utf8')) as Readonly<Record<string, Facts>>

/** Pyarrow's name of a type, without the names of inner fields and the widths that Parquet does not keep. */
function plainType(text: string): string {
  return text
    .replaceAll('element: ', '')
    .replaceAll(/ \('\w+'\)/g, '')
    .replace('date32[day]', 'date32')
    .replace(/time(?:32|64)\[/, 'time[')
    .replace('decimal128(', 'decimal(')
}

test.each(Object.entries(TOLD))('%s has the rows and columns pyarrow tells', async (name, { rows, columns }) => {
  const survey = await surveyFile(nodeFiles, { path: `${FOLDER}files/${name}`, sizeBytes: 1 })
  expect(survey.rows).toBe(rows)
  expect(survey.columns).toEqual(columns.map(([column, type]) => ({ name: column, type: plainType(type) })))
})

test('a file that is not Parquet, or is cut, has a digest and no columns', async () => {
  const whole = readFileSync(`${FOLDER}files/flat.parquet`)
  const volume = Volume.fromJSON({ '/none.parquet': 'a,b\n1,2\n', '/tiny.parquet': 'PAR1' })
  volume.writeFileSync('/cut.parquet', whole.subarray(0, whole.length - 9))
  volume.writeFileSync('/encrypted.parquet', Buffer.concat([whole.subarray(0, -4), Buffer.from('PARE')]))
  for (const name of ['/none.parquet', '/tiny.parquet', '/cut.parquet', '/encrypted.parquet']) {
    const survey = await surveyFile(memoryFiles(volume), { path: name, sizeBytes: 1 })
    expect(survey.sha256).toHaveLength(64)
    expect(survey.columns).toBeUndefined()
  }
})

test('no damage of a footer makes the reader fail or run on', () => {
  const whole = readFileSync(`${FOLDER}files/nested.parquet`)
  const footer = whole.subarray(whole.length - 8 - whole.readUInt32LE(whole.length - 8), whole.length - 8)
  const shapes = new Set<string>()
  for (let at = 0; at < footer.length; at += 1) {
    for (const byte of [0x00, 0xff, 0x1c]) {
      const damaged = Uint8Array.from(footer)
      damaged[at] = byte
      shapes.add(typeof parseParquetFooter(damaged))
    }
    expect(parseParquetFooter(footer.subarray(0, Math.min(at, 40)))).toBeUndefined()
  }
  // Some damage is in names, some in lengths: both ends are met.
  expect([...shapes].sort()).toEqual(['object', 'undefined'])
})
