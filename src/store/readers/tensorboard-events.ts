/**
 * TensorBoard logs: the event files that TensorFlow, Keras, PyTorch, tensorboardX, Lightning and JAX write.
 *
 * A folder is a run of its own to TensorBoard, so what is below the log's folder has its path in front of the tag. A
 * restarted writer adds a file: its points follow those before, also where the steps overlap.
 */
import { dirname, posix, relative, sep } from 'node:path'
import type { ParameterValue } from '../../domain/parameter.ts'
import type { Files } from '../files/files.ts'
import { gatherRecord } from './framework-record.ts'
import type { FrameworkLog, FrameworkRecord, RecordGatherer } from './framework-record.ts'
import { readHparams } from './tensorboard-hparams.ts'
import { readEvent } from './tensorboard-summary.ts'
import type { PluginsByTag } from './tensorboard-summary.ts'
import { RECORD_LIMIT_BYTES, readTfRecords } from './tfrecord.ts'
import type { RecordDamage } from './tfrecord.ts'
import { readParametersBeside } from './parameters-beside.ts'

/** Tells whether a file is an event file, as TensorBoard itself does: by its name. */
export function isEventFile(name: string): boolean {
  return name.includes('.tfevents.')
}

/** The settings of one session, by the folder it was written to. */
type Sessions = Map<string, Map<string, ParameterValue>>

/**
 * Reads a log. Every event file is kept as an artifact: it has the pictures, histograms, texts and graphs.
 *
 * @throws what the disk refuses
 */
export async function readTensorboard(files: Files, log: FrameworkLog): Promise<FrameworkRecord> {
  const gatherer = gatherRecord()
  const sessions: Sessions = new Map()
  for (const file of log.files.filter((path) => isEventFile(path))) {
    gatherer.keep(file)
    await gatherer.attempt(() => readEventFile(files, log, file, { gatherer, sessions }))
  }
  addSessions(gatherer, sessions)
  for (const file of log.files.filter((path) => !isEventFile(path))) await readParametersBeside(files, file, gatherer)
  return gatherer.record()
}

async function readEventFile(
  files: Files,
  log: FrameworkLog,
  file: string,
  { gatherer, sessions }: { readonly gatherer: RecordGatherer; readonly sessions: Sessions },
): Promise<void> {
  const folder = relative(log.path, dirname(file)).replaceAll(sep, '/')
  const prefix = prefixOf(folder)
  const plugins: PluginsByTag = new Map()
  let malformed = 0
  const sink = {
    scalar: (tag: string, step: number, value: number, atMs: number | undefined) =>
      gatherer.point(prefix + tag, step, value, atMs),
    hparams: (content: Uint8Array) => {
      const settings = readHparams(content)
      if (settings.size > 0) sessions.set(folder, new Map([...(sessions.get(folder) ?? []), ...settings]))
    },
    problem: (text: string) => gatherer.tell(`${file}: ${text}`),
  }
  const damage = await readTfRecords(files, file, (data) => {
    if (!readEvent(data, plugins, sink)) malformed += 1
  })
  for (const problem of problemsOf(damage, malformed)) gatherer.tell(`${file}: ${problem}`)
}

/** PyTorch's `add_hparams` makes a folder named after the time, which must not become part of a metric's name. */
function prefixOf(folder: string): string {
  const parts = folder.split('/').filter((part) => !/^\d{9,}(?:\.\d+)?$/.test(part))
  const prefix = posix.join(...parts)
  return prefix === '.' ? '' : `${prefix}/`
}

/** Settings of one session stand by themselves; those of several have their folder in front. */
function addSessions(gatherer: RecordGatherer, sessions: Sessions): void {
  for (const [folder, settings] of sessions) {
    const prefix = sessions.size === 1 || folder === '' ? '' : `${folder}.`
    for (const [name, value] of settings) gatherer.parameter(prefix + name, value)
  }
}

function problemsOf(damage: RecordDamage, malformed: number): readonly string[] {
  const { damaged, firstDamagedAt, lostAt, tornBytes, tooLarge } = damage
  const limit = RECORD_LIMIT_BYTES / 1024 / 1024
  return [
    ...(damaged === 0 ? [] : [`${damaged} damaged, the first at byte ${firstDamagedAt}: passed over`]),
    ...(lostAt === undefined ? [] : [`damaged at byte ${lostAt}: nothing after it could be read`]),
    ...(tornBytes === 0 ? [] : [`the last record is cut off after ${tornBytes} bytes: all before it was read`]),
    ...(tooLarge === 0 ? [] : [`${tooLarge} over ${limit} MiB: kept in the event file and not looked into`]),
    ...(malformed === 0 ? [] : [`${malformed} that are no events: passed over`]),
  ]
}
