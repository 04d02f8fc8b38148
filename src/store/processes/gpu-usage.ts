/**
 * What graphics processors do, asked of `nvidia-smi` where there is one.
 */
import { execFile } from 'node:child_process'

/** One processor, as `nvidia-smi` numbers it. */
export interface GpuUsage {
  readonly index: number
  readonly percent: number
  readonly memoryBytes: number
}

const QUERY = ['--query-gpu=index,utilization.gpu,memory.used', '--format=csv,noheader,nounits']
const MEBIBYTE = 1024 * 1024
const TIMEOUT_MS = 5_000

/** Asks; empty when the program fails or takes too long. */
export function readGpus(program: string): Promise<readonly GpuUsage[]> {
  return new Promise((done) => {
    execFile(program, QUERY, { timeout: TIMEOUT_MS }, (error, stdout) => done(error === null ? gpusIn(stdout) : []))
  })
}

/** Reads the lines of the answer; `[N/A]` and the like leave a processor out. */
export function gpusIn(text: string): readonly GpuUsage[] {
  return text.split('\n').flatMap((line) => {
    const [index, percent, mebibytes, ...more] = line
      .split(',')
      .map((field) => (field.trim() === '' ? NaN : Number(field)))
    if (index === undefined || percent === undefined || mebibytes === undefined || more.length > 0) return []
    if ([index, percent, mebibytes].some(Number.isNaN)) return []
    return [{ index, percent, memoryBytes: mebibytes * MEBIBYTE }]
  })
}
