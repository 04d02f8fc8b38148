/**
 * Merges the file of an alias: compare and set. Where both sides moved it the published side stays, and what did not
 * happen is told with the version it was to name.
 */
import type { Value } from '../../base/value.ts'
import { compareText } from '../../base/order.ts'
import type { MergeNotice } from '../../domain/merge-notice.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import type { ChangedUnit } from './changed-units.ts'
import { mapBytes, readMap } from './merge-document.ts'
import type { MergeGround } from './merge-ground.ts'
import { isRetired, learnNumber, referenceIn } from './merge-versions.ts'

type Lost = Extract<MergeNotice, { readonly kind: 'alias-lost' }>

/** Merges what one side did to an alias. */
export async function mergeAlias(
  ground: MergeGround,
  { path, before, after }: ChangedUnit,
  { model, alias }: { readonly model: ModelName; readonly alias: AliasName },
): Promise<void> {
  const { reader, own } = ground
  const base = before === undefined ? undefined : await renumbered(ground, model, await reader.readBlob(before.oid))
  const ours = after === undefined ? undefined : await renumbered(ground, model, await reader.readBlob(after.oid))
  const theirs = await own.bytesAt(path)
  const [wanted, kept] = [referenceIn(readMap(ours)), referenceIn(readMap(theirs))]
  if (isSame(ours, theirs) || (wanted !== undefined && wanted.uid === kept?.uid)) return
  const lose = (because: Lost['because']): void => {
    const operation = ground.operation?.id
    ground.tell({ kind: 'alias-lost', model, alias, kept, lost: wanted, because, operation })
  }
  if (!isSame(base, theirs) && (ground.published === 'theirs' || !isNewer(ours, theirs))) return lose('moved')
  if (wanted !== undefined && (await isRetired(ground.records, model, wanted.number))) return lose('retired')
  if (ours === undefined) await own.remove(path)
  // An untouched file stays the very object it was, so that rolling back gives back exact bytes.
  else if (after !== undefined && ground.moved.size === 0) await own.link(path, after)
  else await own.put(path, ours)
}

/** The file of an alias with the labels its versions have now; the bytes as they are when none of them moved. */
async function renumbered(ground: MergeGround, model: ModelName, bytes: Uint8Array): Promise<Uint8Array> {
  const map = readMap(bytes)
  if (map === undefined) return bytes
  const members = new Map<string, Value>(map)
  for (const keys of [
    { number: 'version', uid: 'uid' },
    { number: 'previous', uid: 'previousUid' },
  ]) {
    const reference = referenceIn(map, keys)
    if (reference !== undefined) await learnNumber(ground, model, reference)
    const to = reference === undefined ? undefined : ground.moved.get(reference.uid)
    if (to !== undefined) members.set(keys.number, BigInt(to))
  }
  const text = mapBytes(members)
  return isSame(text, mapBytes(map)) ? bytes : text
}

/** Of two published moves the later one stays; clocks may lie, so equal ones are told apart by their bytes. */
function isNewer(ours: Uint8Array | undefined, theirs: Uint8Array | undefined): boolean {
  if (ours === undefined || theirs === undefined) return ours !== undefined
  const [our, their] = [atOf(ours), atOf(theirs)]
  return our === their ? Buffer.compare(ours, theirs) < 0 : compareText(our, their) > 0
}

function atOf(bytes: Uint8Array): string {
  const at = readMap(bytes)?.get('at')
  return typeof at === 'string' ? at : ''
}

function isSame(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  if (left === undefined || right === undefined) return left === right
  return Buffer.compare(left, right) === 0
}
