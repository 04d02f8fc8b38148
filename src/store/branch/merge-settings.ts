/**
 * Merges `mlv.json`: what two clones decided about stores at once.
 */
import { Failure } from '../../domain/failure.ts'
import type { BranchSettings } from '../../domain/branch.ts'
import { mergeSettings, writtenText } from '../../domain/store-settings.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { decodeSettings, encodeSettings } from '../documents/settings-manifest.ts'
import { mergeFile } from './merge-document.ts'
import type { FileChange } from './merge-document.ts'
import type { MergeGround } from './merge-ground.ts'
import { contentBytes, contentOfEntry } from './tree-draft.ts'
import type { Content } from './tree-draft.ts'

/** Merges settings that both sides changed; what cannot be read is merged as a file. */
export async function mergeSettingsFile(ground: MergeGround, path: TreePath, change: FileChange): Promise<void> {
  const read = async (content: Content | undefined) => settingsIn(await contentBytes(ground.reader, content))
  const base = await read(contentOfEntry(change.before))
  const ours = await read(contentOfEntry(change.after))
  const current = await ground.own.at(path)
  const theirs = await read(current)
  // Two branches that were started apart keep what is published: nothing of ours was in use.
  if (base === undefined || ours === undefined || theirs === undefined) return mergeFile(ground, path, change)
  const { settings, lost } = mergeSettings(base, ours, theirs, ground.published)
  const bytes = encodeSettings(settings)
  const now = await contentBytes(ground.reader, current)
  if (now === undefined || Buffer.compare(now, bytes) !== 0) await ground.own.put(path, bytes)
  if (lost !== undefined) ground.tell({ kind: 'member-lost', path, key: 'store', kept: writtenText(settings), lost })
}

function settingsIn(bytes: Uint8Array | undefined): BranchSettings | undefined {
  try {
    return bytes === undefined ? undefined : decodeSettings(bytes, 'mlv.json')
  } catch (caught) {
    if (caught instanceof Failure) return undefined
    throw caught
  }
}
