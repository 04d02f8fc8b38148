/**
 * Merges one file of a side into the published one: by its members where it is a mapping, whole where it is not.
 */
import { writeCanonicalYaml } from '../../base/canonical-yaml.ts'
import { compareText } from '../../base/order.ts'
import { isScalar, isValueMap } from '../../base/value.ts'
import type { Value, ValueMap } from '../../base/value.ts'
import { Failure } from '../../domain/failure.ts'
import { mergeMaps } from '../../domain/merge-values.ts'
import type { MergeShape } from '../../domain/merge-values.ts'
import { rootPath, SETTINGS_PATH } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { documentText } from '../documents/document-text.ts'
import { MANIFEST_FORMAT } from '../documents/manifest.ts'
import { readStrictYaml } from '../documents/strict-yaml.ts'
import type { TreeEntry } from '../git/engine.ts'
import type { MergeGround } from './merge-ground.ts'
import { contentBytes, contentOfEntry, isSameContent } from './tree-draft.ts'
import type { Content } from './tree-draft.ts'

/** A file of the side that is merged: before its change, and after. */
export interface FileChange {
  readonly before: TreeEntry | undefined
  readonly after: TreeEntry | undefined
}

/** Reads a mapping; `undefined` for what is none, cannot be read, or was written by a newer mlv. */
export function readMap(bytes: Uint8Array | undefined): ValueMap | undefined {
  if (bytes === undefined) return undefined
  try {
    const value = readStrictYaml(documentText(bytes, 'document'), 'document')
    if (!isValueMap(value)) return undefined
    const format = value.get('format')
    return typeof format === 'bigint' && format > BigInt(MANIFEST_FORMAT) ? undefined : value
  } catch (caught) {
    if (caught instanceof Failure) return undefined
    throw caught
  }
}

/** Writes a mapping as the bytes of its file. */
export function mapBytes(map: ValueMap): Uint8Array {
  return new TextEncoder().encode(writeCanonicalYaml(map))
}

/** Merges a mapping at a path, member by member. Falls back to the whole file where a side cannot be read. */
export async function mergeDocument(
  ground: MergeGround,
  path: TreePath,
  change: FileChange,
  shape: MergeShape,
): Promise<void> {
  const { reader, own } = ground
  const theirs = await own.at(path)
  const ours = contentOfEntry(change.after)
  if (await takesOurs(ground, theirs, change)) return setContent(ground, path, ours)
  if (ours === undefined || (await isSameContent(reader, ours, theirs))) return
  // Something said beats nothing said: a document without members means the same as none.
  if (theirs === undefined) return setContent(ground, path, ours)
  const [base, our, their] = [
    readMap(await contentBytes(reader, contentOfEntry(change.before))),
    readMap(await contentBytes(reader, ours)),
    readMap(await contentBytes(reader, theirs)),
  ]
  if (our === undefined || their === undefined) return mergeFile(ground, path, change)
  const { value, lost } = mergeMaps(base, our, their, { published: ground.published, shape })
  for (const member of lost) {
    const texts = { kept: textOf(member.kept), lost: textOf(member.lost) }
    ground.tell({ kind: 'member-lost', path, key: member.key, ...texts })
  }
  const bytes = mapBytes(value)
  const now = await contentBytes(reader, theirs)
  if (now === undefined || Buffer.compare(now, bytes) !== 0) await own.put(path, bytes)
}

/** Merges a file that has no members: where both sides changed it one stays, and the other is kept beside it. */
export async function mergeFile(ground: MergeGround, path: TreePath, change: FileChange): Promise<void> {
  const { reader, own } = ground
  const theirs = await own.at(path)
  const ours = contentOfEntry(change.after)
  const obstacle = change.after === undefined ? undefined : await own.obstacleTo(path)
  if (obstacle === undefined && (await takesOurs(ground, theirs, change))) {
    if (ours === undefined && path === SETTINGS_PATH) return
    return setContent(ground, path, ours)
  }
  if (await isSameContent(reader, ours, theirs)) return
  // Two clones that were set up apart differ at most in the words of the first commit.
  if (ground.operation?.kind === 'init') return
  const isSwapped = ground.published === 'both' && obstacle === undefined && isPreferred(ours, theirs)
  const loser = isSwapped ? theirs : ours
  const savedAs = await saveBeside(ground, obstacle ?? path, loser)
  if (isSwapped) await setContent(ground, path, ours)
  ground.tell({ kind: 'file-lost', path, savedAs })
}

/** Puts content at a path of the side that is written; nothing removes. */
export async function setContent(ground: MergeGround, path: TreePath, content: Content | undefined): Promise<void> {
  if (content === undefined) await ground.own.remove(path)
  else if (content.kind === 'object') await ground.own.link(path, content.entry)
  else if (content.kind === 'bytes') await ground.own.put(path, content.bytes)
}

/** The published side has not touched it, so the change holds as it is. */
async function takesOurs(
  { reader }: MergeGround,
  theirs: Content | undefined,
  { before, after }: FileChange,
): Promise<boolean> {
  const base = contentOfEntry(before)
  return (await isSameContent(reader, theirs, base)) && !(await isSameContent(reader, theirs, contentOfEntry(after)))
}

function isPreferred(ours: Content | undefined, theirs: Content | undefined): boolean {
  if (ours?.kind !== 'object' || theirs?.kind !== 'object') return theirs === undefined
  return compareText(ours.entry.oid, theirs.entry.oid) < 0
}

async function saveBeside(
  ground: MergeGround,
  path: TreePath,
  content: Content | undefined,
): Promise<TreePath | undefined> {
  if (content?.kind !== 'object' || path === SETTINGS_PATH) return undefined
  const savedAs = rootPath(`${path}.orig-${content.entry.oid.slice(0, 8)}`)
  if ((await ground.own.at(savedAs)) === undefined) await ground.own.link(savedAs, content.entry)
  return savedAs
}

/** How a value is told: a scalar as it is, anything else as YAML on one line. */
function textOf(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined
  if (isScalar(value)) return String(value)
  return writeCanonicalYaml(new Map([['value', value]]))
    .trim()
    .replace(/\s*\n\s*/g, ', ')
}
