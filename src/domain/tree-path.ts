/**
 * Where every record is on the branch. The path of a run is a function of its id alone: no index, no lookup, no rename.
 */
import type { Brand } from '../base/brand.ts'
import { instantOf } from '../base/clock.ts'
import type { Sha256 } from '../base/digest.ts'
import { ulidMs } from '../base/ulid.ts'
import type { Ulid } from '../base/ulid.ts'
import type { Area } from './branch.ts'
import type { VersionNumber } from './model-version.ts'
import type { AliasName, ModelName, ViewName } from './name.ts'
import type { RunId } from './run.ts'

/** A path in the tree of an area: forward slashes, no leading or trailing one. */
export type TreePath = Brand<string, 'TreePath'>

/** `mlv.json`, the branch's own settings. */
export const SETTINGS_PATH = 'mlv.json' as TreePath

/** The folder of all runs. */
export const RUNS_PATH = 'runs' as TreePath

/** The folder of all models. */
export const MODELS_PATH = 'models' as TreePath

/** `runs/2026-11/20/k/7/<ulid>`: UTC month, day, then the first two characters of the random part. */
export function runFolder(id: RunId): TreePath {
  return `${dayFolder(ulidMs(id))}/${id.charAt(10)}/${id.charAt(11)}/${id}` as TreePath
}

const DAY_MS = 86_400_000
let lastDay = { number: NaN, folder: '' }

/** `runs/2026-11/20`. The one asked for last is remembered: runs are gone through day by day. */
function dayFolder(ms: number): string {
  const number = Math.floor(ms / DAY_MS)
  if (number !== lastDay.number) {
    const day = instantOf(ms)
    lastDay = { number, folder: `runs/${day.slice(0, 7)}/${day.slice(8, 10)}` }
  }
  return lastDay.folder
}

/** The folder of all saved views. */
export const VIEWS_PATH = 'views' as TreePath

/** `views/<name>.yaml`. */
export function viewPath(name: ViewName): TreePath {
  return `views/${name}.yaml` as TreePath
}

/** `models/<name>`. */
export function modelFolder(model: ModelName): TreePath {
  return `models/${model}` as TreePath
}

/** `models/<name>/versions`. */
export function versionsFolder(model: ModelName): TreePath {
  return `models/${model}/versions` as TreePath
}

/** `models/<name>/versions/<n>`. */
export function versionFolder(model: ModelName, number: VersionNumber): TreePath {
  return `models/${model}/versions/${number}` as TreePath
}

/** `models/<name>/versions/<n>/receipts/<ulid>.yaml`. */
export function receiptPath(model: ModelName, number: VersionNumber, id: Ulid): TreePath {
  return `models/${model}/versions/${number}/receipts/${id}.yaml` as TreePath
}

/** `models/<name>/aliases`. */
export function aliasesFolder(model: ModelName): TreePath {
  return `models/${model}/aliases` as TreePath
}

/** `models/<name>/aliases/<alias>.yaml`. */
export function aliasPath(model: ModelName, alias: AliasName): TreePath {
  return `models/${model}/aliases/${alias}.yaml` as TreePath
}

/** `<folder>/packs/<sha256>.tar`, the pointer of a pack in the folder of a run or version. */
export function packPath(folder: TreePath, pack: Sha256): TreePath {
  return `${folder}/packs/${pack}.tar` as TreePath
}

/** A path below a folder of the tree; `below` is a checked artifact path or a constant of mlv's own. */
export function treePath(folder: TreePath, below: string): TreePath {
  return `${folder}/${below}` as TreePath
}

/** A file or folder at the root of the tree. */
export function rootPath(name: string): TreePath {
  return name as TreePath
}

/** The area a path belongs to: runs and versions are records, everything else is the registry. */
export function areaOf(path: TreePath): Area {
  return path.startsWith('runs/') || /^models\/[^/]+\/versions\//.test(path) ? 'records' : 'registry'
}
