/**
 * Which files below a folder are logs of a training framework, told from names first and from bytes where names are
 * not enough.
 */
import { basename, dirname, relative, sep } from 'node:path'
import { compareText } from '../../base/order.ts'
import type { Files } from '../files/files.ts'
import { DVCLIVE_TABLES } from './dvclive-folder.ts'
import type { FrameworkLog, FrameworkLogKind } from './framework-record.ts'
import { historySeparator, isHistoryFile, readHead } from './keras-history.ts'
import { isEventFile } from './tensorboard-events.ts'
import { TRAINER_STATE } from './trainer-state.ts'
import { walkFolders } from '../inputs/walk-folders.ts'
import type { FoundFile } from '../inputs/walk-folders.ts'

const HISTORY_NAME = /(?:history|evals?[_-]?results?)[^/]*\.json$/i
const TABLE_NAME = /\.(?:csv|log)$/
const VERSION_FOLDER = /^version_\d+$/
const CHECKPOINT_FOLDER = /^checkpoint-(\d+)$/
const OWN_FOLDER = /^(?:version_|checkpoint-)\d+$/

/** Files whose first bytes are read; a folder of data may hold any number of tables. */
const LOOKED_INTO_LIMIT = 2000

/** A file's time may be a tick of the kernel's clock before the moment it was written. */
const CLOCK_TICK_MS = 20

/**
 * Finds the logs below a folder that were written since a time, in milliseconds since the Unix epoch; 0 finds all.
 *
 * Sorted by path. What `walkFolders` does not enter is not found.
 */
export async function findFrameworkLogs(
  files: Files,
  folder: string,
  sinceMs: number,
): Promise<readonly FrameworkLog[]> {
  const found = await findCandidates(files, folder, sinceMs)
  const logs = [
    ...tensorboardLogs(found),
    ...dvcliveLogs(found),
    ...trainerLogs(found),
    ...lightningLogs(found),
    ...(await historyLogs(files, found)),
  ]
  return logs
    .map((log) => ({ ...log, name: nameOf(folder, log.path), outputs: outputsOf(log, found, folder) }))
    .sort((left, right) => compareText(left.path, right.path) || compareText(left.kind, right.kind))
}

type Found = Omit<FrameworkLog, 'name' | 'outputs'>

function nameOf(folder: string, path: string): string {
  return relative(folder, path).replaceAll(sep, '/') || '.'
}

/** A folder that a logger made for itself is its output whole, with the checkpoints in it; any other may hold code. */
function outputsOf({ kind, path, files }: Found, found: readonly FoundFile[], top: string): readonly string[] {
  if (kind === 'dvclive' && path !== top) return [path]
  const states = found.filter(({ name, folder }) => name === TRAINER_STATE && dirname(folder) === path)
  const all = kind === 'trainer-state' ? [...files, ...states.map((state) => state.path)] : files
  return [...new Set(all.map((file) => (OWN_FOLDER.test(basename(dirname(file))) ? dirname(file) : file)))]
}

async function findCandidates(files: Files, folder: string, sinceMs: number): Promise<readonly FoundFile[]> {
  const named: FoundFile[] = []
  await walkFolders(files, folder, (file) => {
    if (isCandidate(file)) named.push(file)
  })
  if (sinceMs <= 0) return named
  const fresh: FoundFile[] = []
  for (const file of named) {
    const stat = await files.stat(file.path)
    if (stat !== undefined && Number(stat.modifiedNs / 1_000_000n) >= sinceMs - CLOCK_TICK_MS) fresh.push(file)
  }
  return fresh
}

function isCandidate({ name, folder }: FoundFile): boolean {
  if (name === 'metrics.json' || name === 'hparams.yaml' || name === TRAINER_STATE || isEventFile(name)) return true
  if (name.endsWith('.tsv')) return `${folder}/`.includes(`/${DVCLIVE_TABLES}/`)
  return TABLE_NAME.test(name) || HISTORY_NAME.test(name)
}

/** A folder with event files takes in what is below it; folders side by side, such as `train`, are one log. */
function tensorboardLogs(found: readonly FoundFile[]): readonly Found[] {
  const events = found.filter(({ name }) => isEventFile(name))
  const folders = [...new Set(events.map(({ folder }) => folder))]
  const tops = folders.filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)))
  const roots = [...new Set(tops.map((top) => (isAlone(top, tops) ? top : dirname(top))))]
  const outermost = roots.filter((root) => !roots.some((other) => root.startsWith(`${other}/`)))
  return outermost.map((path) => {
    const inside = events.filter(({ folder }) => folder === path || folder.startsWith(`${path}/`))
    const settings = found.filter(({ name, folder }) => name === 'hparams.yaml' && folder === path)
    return logOf('tensorboard', path, [...inside, ...settings])
  })
}

function isAlone(top: string, tops: readonly string[]): boolean {
  return tops.filter((other) => dirname(other) === dirname(top)).length === 1
}

function dvcliveLogs(found: readonly FoundFile[]): readonly Found[] {
  return found
    .filter(({ name }) => name === 'metrics.json')
    .flatMap((summary) => {
      const inside = `${summary.folder}/${DVCLIVE_TABLES}/`
      const tables = found.filter(({ path, name }) => name.endsWith('.tsv') && path.startsWith(inside))
      return tables.length === 0 ? [] : [logOf('dvclive', summary.folder, [summary, ...tables])]
    })
}

/** Of all checkpoints only the last can have come furthest; the state beside them may have come further. */
function trainerLogs(found: readonly FoundFile[]): readonly Found[] {
  const byOutput = new Map<string, FoundFile[]>()
  for (const state of found.filter(({ name }) => name === TRAINER_STATE)) {
    const output = CHECKPOINT_FOLDER.test(basename(state.folder)) ? dirname(state.folder) : state.folder
    byOutput.set(output, [...(byOutput.get(output) ?? []), state])
  }
  return [...byOutput].map(([path, states]) => {
    const beside = states.filter(({ folder }) => folder === path)
    const checkpoints = states.filter(({ folder }) => folder !== path)
    const last = checkpoints.sort((left, right) => checkpointOf(right) - checkpointOf(left)).slice(0, 1)
    return { kind: 'trainer-state', path, files: [...beside, ...last].map((state) => state.path) }
  })
}

function checkpointOf({ folder }: FoundFile): number {
  return Number(CHECKPOINT_FOLDER.exec(basename(folder))?.[1] ?? -1)
}

function lightningLogs(found: readonly FoundFile[]): readonly Found[] {
  return found
    .filter((file) => isLightningTable(file, found))
    .map(({ folder, path }) => ({ kind: 'lightning-csv', path: folder, files: [path] }))
}

function isLightningTable({ name, folder }: FoundFile, found: readonly FoundFile[]): boolean {
  if (name !== 'metrics.csv') return false
  if (VERSION_FOLDER.test(basename(folder))) return true
  return found.some((other) => other.folder === folder && other.name === 'hparams.yaml')
}

async function historyLogs(files: Files, found: readonly FoundFile[]): Promise<readonly Found[]> {
  const logs: Found[] = []
  const isElsewhere = (file: FoundFile): boolean =>
    `${file.folder}/`.includes(`/${DVCLIVE_TABLES}/`) || isLightningTable(file, found)
  const named = found.filter(({ name }) => HISTORY_NAME.test(name) || TABLE_NAME.test(name))
  for (const file of named.slice(0, LOOKED_INTO_LIMIT)) {
    if (isElsewhere(file)) continue
    if (await isHistoryLog(files, file)) logs.push({ kind: 'history', path: file.path, files: [file.path] })
  }
  return logs
}

async function isHistoryLog(files: Files, { name, path }: FoundFile): Promise<boolean> {
  if (HISTORY_NAME.test(name)) return await isHistoryFile(files, path)
  return TABLE_NAME.test(name) && historySeparator(await readHead(files, path)) !== undefined
}

function logOf(kind: FrameworkLogKind, path: string, members: readonly FoundFile[]): Found {
  return { kind, path, files: members.map((file) => file.path).sort(compareText) }
}
