/**
 * What a reader found, as a text a person can check against the script that made the files.
 */
import { relative } from 'node:path'
import { pointsOf } from '../../src/domain/series.ts'
import type { Series } from '../../src/domain/series.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { findFrameworkLogs, readFrameworkLogs } from '../../src/store/readers/framework-logs.ts'
import type { FrameworkRecord } from '../../src/store/readers/framework-logs.ts'

/** Reads every log below a folder of the real disk and writes what it says, a line a fact. */
export async function textOfLogs(folder: string): Promise<readonly string[]> {
  const logs = await findFrameworkLogs(nodeFiles, folder, 0)
  const found = logs.map(({ kind, name }) => `found ${kind} at ${name}`)
  return [...found, ...recordLines(await readFrameworkLogs(nodeFiles, logs), folder)]
}

/** Writes a record, a line a fact; paths are relative to the folder. */
export function recordLines(record: FrameworkRecord, folder: string): readonly string[] {
  return [
    ...[...record.series].map(([key, series]) => `${key}: ${seriesText(series)}`),
    ...[...record.values].map(([key, value]) => `${key} = ${value}`),
    ...[...record.parameters].map(([key, value]) => `parameter ${key} = ${parameterText(value)}`),
    ...record.files.map((file) => `keep ${relative(folder, file)}`),
    ...record.told.map((problem) => `told ${problem.replaceAll(folder, '')}`),
  ]
}

function seriesText(series: Series): string {
  return pointsOf(series)
    .map(({ step, value }) => `${step}→${Object.is(value, -0) ? '-0' : value}`)
    .join(' ')
}

function parameterText(value: unknown): string {
  const text = JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? `int ${member}` : member))
  return text.replace(/"int (-?\d+)"/g, '$1')
}
