/**
 * Files that two runs both have: logged tables by their key and step, all others by their path.
 */
import type { WireFile, WireRun } from '../../server/wire.ts'

/** A file of two runs. */
export interface SharedFile {
  readonly title: string
  readonly path: string
  /** Of the other run. */
  readonly headPath: string
  /** The column that names a row; empty where nobody said. */
  readonly rowKey: string
  readonly isSame: boolean
}

const TABLE = /\.(?:csv|tsv|jsonl|ndjson)$/i
/** Written by mlv itself. */
const OWN = /^(?:series|texts)\/|^output\//

/** Tables of both runs; those that differ come first, logged ones before others. */
export function tableFiles(base: WireRun, head: WireRun): readonly SharedFile[] {
  const logged = (base.media?.tables ?? []).flatMap((table) => {
    const other = head.media?.tables.find(({ key, step }) => key === table.key && step === table.step)
    if (other === undefined) return []
    const title = table.step === null ? table.key : `${table.key}, step ${table.step}`
    return [
      shared(base, head, { path: table.path, headPath: other.path, title, rowKey: table.rowKey ?? other.rowKey ?? '' }),
    ]
  })
  const taken = new Set(logged.map(({ path }) => path))
  const others = base.files
    .filter(({ path }) => TABLE.test(path) && !OWN.test(path) && !taken.has(path))
    .flatMap(({ path }) => {
      const isThere = head.files.some((file) => file.path === path)
      return isThere ? [shared(base, head, { path, headPath: path, title: path, rowKey: '' })] : []
    })
  return [...logged, ...others].sort((left, right) => Number(left.isSame) - Number(right.isSame))
}

/** Files with tensors that both runs have; those that differ come first. */
export function tensorFiles(base: WireRun, head: WireRun): readonly SharedFile[] {
  const paths = head.files.filter(hasTensors).map(({ path }) => path)
  return base.files
    .filter((file) => hasTensors(file) && paths.includes(file.path))
    .map(({ path }) => shared(base, head, { path, headPath: path, title: path, rowKey: '' }))
    .sort((left, right) => Number(left.isSame) - Number(right.isSame))
}

function hasTensors({ tensors }: WireFile): boolean {
  return tensors !== null
}

function shared(base: WireRun, head: WireRun, file: Omit<SharedFile, 'isSame'>): SharedFile {
  const [ours, theirs] = [
    base.files.find(({ path }) => path === file.path),
    head.files.find(({ path }) => path === file.headPath),
  ]
  return { ...file, isSame: ours?.sha256 === theirs?.sha256 }
}
