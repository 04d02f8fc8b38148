/**
 * Merges the folder of a version. The uid is the version, the number only a label: a number that is published stays, an
 * unpublished version in its way moves to the next free one.
 */
import type { Value } from '../../base/value.ts'
import type { VersionReference } from '../../domain/alias.ts'
import { isFailure } from '../../domain/failure.ts'
import type { MergeNotice } from '../../domain/merge-notice.ts'
import { STATE_SHAPE } from '../../domain/merge-unit.ts'
import { nextVersionNumber, parseVersionNumber, parseVersionUid } from '../../domain/model-version.ts'
import type { VersionNumber, VersionUid } from '../../domain/model-version.ts'
import { parseAliasName } from '../../domain/name.ts'
import type { AliasName, ModelName } from '../../domain/name.ts'
import { aliasesFolder, treePath, versionFolder, versionsFolder } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import type { TreeEntry } from '../git/engine.ts'
import { entriesByName, folderOid, isSameEntry } from './changed-units.ts'
import type { ChangedUnit } from './changed-units.ts'
import { mapBytes, mergeDocument, readMap } from './merge-document.ts'
import type { MergeGround } from './merge-ground.ts'
import type { TreeDraft } from './tree-draft.ts'

const VERSION = 'version.yaml'
const STATE = 'state.yaml'
const RECEIPTS = 'receipts'

/** Which version, by the label it came with. */
interface Labelled {
  readonly model: ModelName
  readonly number: VersionNumber
}

/** Merges what one side did to the folder of a version. */
export async function mergeVersion(ground: MergeGround, changed: ChangedUnit, label: Labelled): Promise<void> {
  const { path, before, after } = changed
  if (after === undefined) return ground.tell({ kind: 'record-kept', path })
  const ours = await entriesByName(ground.reader, after.oid)
  const manifest = ours.get(VERSION)
  const uid = manifest === undefined ? undefined : uidIn(await ground.reader.readBlob(manifest.oid))
  const number = uid === undefined ? label.number : await numberOf(ground, label, uid)
  const target = versionFolder(label.model, number)
  if ((await ground.own.at(target)) === undefined && number === label.number) return ground.own.link(target, after)
  const was = await entriesByName(ground.reader, folderOid(before))
  for (const name of new Set([...was.keys(), ...ours.keys()])) {
    const change = { before: was.get(name), after: ours.get(name) }
    if (isSameEntry(change.before, change.after)) continue
    await mergePart(ground, { target, name, number, label }, change)
  }
}

/** The version a uid names on the published side, by its label there; `undefined` when it has none. */
export async function findUid(
  records: TreeDraft,
  model: ModelName,
  uid: VersionUid,
): Promise<VersionNumber | undefined> {
  for (const number of await numbersOf(records, model)) {
    if ((await uidAt(records, model, number)) === uid) return number
  }
  return undefined
}

/** The uid a label names; `undefined` where there is no readable version. */
export async function uidAt(
  records: TreeDraft,
  model: ModelName,
  number: VersionNumber,
): Promise<VersionUid | undefined> {
  const bytes = await records.bytesAt(treePath(versionFolder(model, number), VERSION))
  return bytes === undefined ? undefined : uidIn(bytes)
}

/** Finds out where a version is now that someone else has published it, perhaps under another label. */
export async function learnNumber(
  ground: MergeGround,
  model: ModelName,
  { number, uid }: VersionReference,
): Promise<void> {
  if (ground.moved.has(uid)) return
  const there = await uidAt(ground.records, model, number)
  if (there === undefined || there === uid) return
  const to = await findUid(ground.records, model, uid)
  if (to !== undefined) move(ground, { model, uid, from: number, to })
}

/** Whether a version must not be used any more. */
export async function isRetired(records: TreeDraft, model: ModelName, number: VersionNumber): Promise<boolean> {
  const bytes = await records.bytesAt(treePath(versionFolder(model, number), STATE))
  return readMap(bytes)?.has('retired') === true
}

/** The version a mapping names by label and uid; `undefined` when it names none. */
export function referenceIn(
  map: ReadonlyMap<string, Value> | undefined,
  keys: { readonly number: string; readonly uid: string } = { number: 'version', uid: 'uid' },
): VersionReference | undefined {
  const [number, uid] = [map?.get(keys.number), map?.get(keys.uid)]
  const label = typeof number === 'bigint' ? parseVersionNumber(number.toString()) : undefined
  const identity = typeof uid === 'string' ? parseVersionUid(uid) : undefined
  return label === undefined || identity === undefined ? undefined : { number: label, uid: identity }
}

/** The label of a version on the side that is written, given out now when its own is taken. */
async function numberOf(ground: MergeGround, { model, number }: Labelled, uid: VersionUid): Promise<VersionNumber> {
  const moved = ground.moved.get(uid)
  if (moved !== undefined) return moved
  const there = await uidAt(ground.own, model, number)
  const isFree = there === undefined && (await ground.own.at(versionFolder(model, number))) === undefined
  if (there === uid || isFree) return number
  const known = await findUid(ground.own, model, uid)
  return move(ground, { model, uid, from: number, to: known ?? nextVersionNumber(await numbersOf(ground.own, model)) })
}

function move(ground: MergeGround, moved: Omit<Extract<MergeNotice, { kind: 'renumbered' }>, 'kind'>): VersionNumber {
  ground.moved.set(moved.uid, moved.to)
  ground.tell({ kind: 'renumbered', ...moved })
  return moved.to
}

interface Part {
  readonly target: TreePath
  readonly name: string
  readonly number: VersionNumber
  readonly label: Labelled
}

async function mergePart(
  ground: MergeGround,
  part: Part,
  change: { readonly before: TreeEntry | undefined; readonly after: TreeEntry | undefined },
): Promise<void> {
  const { target, name, number, label } = part
  const path = treePath(target, name)
  const { after } = change
  if (name === STATE) return mergeState(ground, part, change)
  if (name === RECEIPTS) return addReceipts(ground, part, after)
  const isNew = (await ground.own.at(path)) === undefined
  if (after === undefined || !isNew) {
    // Immutable: what is published stays. A label that differs is no change of the record.
    if (name !== VERSION) ground.tell({ kind: 'record-kept', path })
  } else if (name === VERSION && number !== label.number) {
    const was = BigInt(label.number)
    const bytes = await ground.reader.readBlob(after.oid)
    await ground.own.put(path, rewritten(bytes, { number: BigInt(number) }, { was }))
  } else await ground.own.link(path, after)
}

/** A version that an alias came to name is not retired. */
async function mergeState(
  ground: MergeGround,
  { target, number, label }: Part,
  change: { readonly before: TreeEntry | undefined; readonly after: TreeEntry | undefined },
): Promise<void> {
  const path = treePath(target, STATE)
  const { model } = label
  const ours = change.after === undefined ? undefined : readMap(await ground.reader.readBlob(change.after.oid))
  const wasRetired = await isRetired(ground.own, model, number)
  if (ours?.has('retired') === true && !wasRetired) {
    const uid = await uidAt(ground.own, model, number)
    const alias = uid === undefined ? undefined : await aliasNaming(ground.registry, model, uid)
    if (uid !== undefined && alias !== undefined) {
      return ground.tell({ kind: 'retirement-lost', model, version: { number, uid }, alias })
    }
  }
  await mergeDocument(ground, path, change, STATE_SHAPE)
}

async function aliasNaming(registry: TreeDraft, model: ModelName, uid: VersionUid): Promise<AliasName | undefined> {
  const folder = aliasesFolder(model)
  for (const name of await registry.namesIn(folder)) {
    if (readMap(await registry.bytesAt(treePath(folder, name)))?.get('uid') === uid) return aliasIn(name)
  }
  return undefined
}

function aliasIn(file: string): AliasName | undefined {
  try {
    return parseAliasName(file.replace(/\.yaml$/, ''))
  } catch (caught) {
    if (isFailure(caught, 'name-invalid')) return undefined
    throw caught
  }
}

async function addReceipts(
  ground: MergeGround,
  { target, number, label }: Part,
  after: TreeEntry | undefined,
): Promise<void> {
  for (const [name, entry] of await entriesByName(ground.reader, folderOid(after))) {
    const path = treePath(target, `${RECEIPTS}/${name}`)
    if ((await ground.own.at(path)) !== undefined) continue
    if (number === label.number || entry.kind !== 'file') await ground.own.link(path, entry)
    else {
      const bytes = await ground.reader.readBlob(entry.oid)
      await ground.own.put(path, rewritten(bytes, { version: BigInt(number) }))
    }
  }
}

/** A manifest with some members set, and some only where they are absent; as it is when it cannot be read. */
export function rewritten(
  bytes: Uint8Array,
  members: Readonly<Record<string, Value>>,
  missing: Readonly<Record<string, Value>> = {},
): Uint8Array {
  const map = readMap(bytes)
  if (map === undefined) return bytes
  return mapBytes(new Map([...Object.entries(missing), ...map, ...Object.entries(members)]))
}

function uidIn(bytes: Uint8Array): VersionUid | undefined {
  const uid = readMap(bytes)?.get('uid')
  return typeof uid === 'string' ? parseVersionUid(uid) : undefined
}

async function numbersOf(records: TreeDraft, model: ModelName): Promise<readonly VersionNumber[]> {
  const names = await records.namesIn(versionsFolder(model))
  const numbers = names.flatMap((name) => parseVersionNumber(name) ?? [])
  return numbers.sort((left, right) => right - left)
}
