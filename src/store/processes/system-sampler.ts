/**
 * Samples what a command uses and writes it in the logging protocol, as series like any other.
 *
 * The first sample comes after a second, the next ones a little later each until they are ten seconds apart: a short
 * run has some, and a long one is not disturbed.
 */
import type { Clock } from '../../base/clock.ts'
import type { Files, OpenFile } from '../files/files.ts'
import { readGpus } from './gpu-usage.ts'
import { readNetwork, readTreeUsage } from './process-tree.ts'
import type { TreeUsage } from './process-tree.ts'

/** What to sample, and where to write it. */
export interface SamplerOptions {
  readonly files: Files
  readonly clock: Clock
  /** `/proc`. */
  readonly procFolder: string
  readonly processId: number
  /** The file of the logging protocol; it is made with the first sample. */
  readonly path: string
  /** Path of `nvidia-smi`; absent where there is none. */
  readonly gpuProgram?: string
}

/** A sampler at work. */
export interface Sampler {
  /** Takes no further sample; resolves when the last one is written. */
  readonly stop: () => Promise<void>
  /** The most memory seen; `undefined` before the first sample. */
  readonly peakMemoryBytes: () => number | undefined
}

const FIRST_MS = 1_000
const LONGEST_MS = 10_000
const GROWTH = 1.5

interface Earlier {
  readonly usage: TreeUsage
  readonly atMs: number
}

/** Starts to sample. A sample that cannot be taken or written is left out. */
export function startSampler(options: SamplerOptions): Sampler {
  const { files, clock } = options
  let [delayMs, isStopped, peak] = [FIRST_MS, false, 0]
  let earlier: Earlier | undefined
  let file: OpenFile | undefined
  const network = readNetwork(files, options.procFolder, options.processId)
  const sample = async (): Promise<void> => {
    const usage = await readTreeUsage(files, options.procFolder, options.processId)
    if (usage === undefined) return
    const now: Earlier = { usage, atMs: clock.elapsedMs() }
    peak = Math.max(peak, usage.memoryBytes)
    const metrics = { ...treeMetrics(now, earlier), ...(await networkMetrics(options, await network)) }
    const line = { metrics: { ...metrics, ...(await gpuMetrics(options)) }, time: clock.nowMs() / 1000 }
    earlier = now
    file ??= await files.open(options.path, 'append')
    await file.write(Buffer.from(`${JSON.stringify(line)}\n`))
  }
  let working = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  const plan = (): void => {
    timer = setTimeout(() => {
      working = sample().catch(() => undefined)
      void working.then(() => {
        delayMs = Math.min(LONGEST_MS, delayMs * GROWTH)
        if (!isStopped) plan()
      })
    }, delayMs)
    timer.unref()
  }
  plan()
  return {
    peakMemoryBytes: () => (peak === 0 ? undefined : peak),
    stop: async () => {
      isStopped = true
      clearTimeout(timer)
      await working
      await file?.close().catch(() => undefined)
    },
  }
}

function treeMetrics({ usage, atMs }: Earlier, earlier: Earlier | undefined): Readonly<Record<string, number>> {
  const { processorMs, memoryBytes, readBytes, writtenBytes } = usage
  const spentMs = processorMs - (earlier?.usage.processorMs ?? 0)
  return {
    // One core at work is 100. A process that left the tree takes its past with it: never below 0.
    ...(earlier === undefined
      ? {}
      : { 'system/cpu.percent': rounded((Math.max(0, spentMs) / (atMs - earlier.atMs)) * 100) }),
    'system/memory.bytes': memoryBytes,
    ...(readBytes === undefined ? {} : { 'system/disk.read.bytes': readBytes }),
    ...(writtenBytes === undefined ? {} : { 'system/disk.written.bytes': writtenBytes }),
  }
}

async function networkMetrics(
  { files, procFolder, processId }: SamplerOptions,
  start: Awaited<ReturnType<typeof readNetwork>>,
): Promise<Readonly<Record<string, number>>> {
  const now = start === undefined ? undefined : await readNetwork(files, procFolder, processId)
  if (now === undefined || start === undefined) return {}
  return {
    'system/network.received.bytes': now.received - start.received,
    'system/network.sent.bytes': now.sent - start.sent,
  }
}

async function gpuMetrics({ gpuProgram }: SamplerOptions): Promise<Readonly<Record<string, number>>> {
  const gpus = gpuProgram === undefined ? [] : await readGpus(gpuProgram)
  return Object.fromEntries(
    gpus.flatMap(({ index, percent, memoryBytes }) => [
      [`system/gpu.${index}.percent`, percent],
      [`system/gpu.${index}.memory.bytes`, memoryBytes],
    ]),
  )
}

function rounded(percent: number): number {
  return Math.round(percent * 10) / 10
}
