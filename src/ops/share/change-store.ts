/**
 * `mlv store use` and `mlv store mirror`: where artifacts are from now on. One operation changes `mlv.json`.
 */
import { newUlid } from '../../base/ulid.ts'
import type { BranchSettings } from '../../domain/branch.ts'
import { refuse } from '../../domain/failure.ts'
import { operationIdOf } from '../../domain/operation.ts'
import type { OperationId } from '../../domain/operation.ts'
import { parseStoreAddress, storeAddressText } from '../../domain/store-address.ts'
import type { StoreAddress } from '../../domain/store-address.ts'
import { settingsUsing, settingsWithMirror, settingsWithout, writtenText } from '../../domain/store-settings.ts'
import type { ChosenStore } from '../../domain/store-settings.ts'
import { SETTINGS_PATH } from '../../domain/tree-path.ts'
import { makeFolderStore } from '../../remote/folder-store.ts'
import { placeKey } from '../../remote/keyed-place.ts'
import { trustHost } from '../../remote/trusted-hosts.ts'
import { writeBranch } from '../../store/branch/transaction.ts'
import { encodeSettings } from '../../store/documents/settings-manifest.ts'
import { NAMED_BY_BRANCH, usualRemote } from '../repository/artifact-store-access.ts'
import { objectsToPush } from './push-artifacts.ts'
import { readRemoteAreas } from '../repository/share-state.ts'
import { requireSettings, withPlaceAt } from '../repository/store-place.ts'
import type { Repository } from '../repository/repository.ts'

/** What changed. */
export interface StoreChange {
  readonly settings: BranchSettings
  /** Absent when it was so already. */
  readonly operation: OperationId | undefined
}

/** What to change. */
export type StoreChoice =
  | { readonly kind: 'use'; readonly store: string; readonly isCompact?: boolean }
  | { readonly kind: 'mirror-add' | 'mirror-remove'; readonly address: string }

/**
 * Changes the settings of the branch.
 *
 * @throws `store-address-invalid`, `store-host-untrusted`, `remote-unreachable` for a bucket that cannot be asked,
 * `usage-invalid` for a mirror that is none, for Git LFS made compact, and when leaving Git LFS with records that no
 * remote has, what `writeBranch` refuses
 */
export async function changeStore(repository: Repository, choice: StoreChoice): Promise<StoreChange> {
  if (choice.kind === 'use' && choice.isCompact === true && choice.store === 'lfs') {
    throw refuse('usage-invalid', { problem: 'Git LFS keeps files whole: a compact store is a folder or a bucket' })
  }
  const before = await requireSettings(repository)
  const planned = plannedFor(before, choice)
  if (choice.kind === 'use') await refuseUnpushedLfs(repository, before, planned)
  if (choice.kind !== 'mirror-remove') await prepare(repository, planned, addressOf(choice))
  const landed = await writeBranch(repository.context, (snapshot) => {
    const settings = plannedFor(snapshot.settings, choice)
    const bytes = encodeSettings(settings)
    if (Buffer.compare(bytes, encodeSettings(snapshot.settings)) === 0) {
      return Promise.resolve({ draft: undefined, result: settings })
    }
    const id = operationIdOf(newUlid(repository.clock, repository.entropy))
    const operation = { id, kind: 'migrate' as const, subject: subjectOf(choice) }
    const everywhere = [{ kind: 'put' as const, path: SETTINGS_PATH, bytes }]
    return Promise.resolve({ draft: { operation, edits: [], everywhere }, result: settings })
  })
  return { settings: landed.result, operation: landed.operation?.id }
}

function plannedFor(settings: BranchSettings, choice: StoreChoice): BranchSettings {
  switch (choice.kind) {
    case 'use':
      return settingsUsing(settings, chosenStore(choice.store), choice.isCompact)
    case 'mirror-add':
      return settingsWithMirror(settings, parseStoreAddress(choice.address))
    case 'mirror-remove':
      return withoutMirror(settings, parseStoreAddress(choice.address))
  }
}

/** Reads `lfs` or an address. @throws `store-address-invalid` */
export function chosenStore(text: string): ChosenStore {
  return text === 'lfs' ? { kind: 'lfs' } : parseStoreAddress(text)
}

function withoutMirror(settings: BranchSettings, address: StoreAddress): BranchSettings {
  const text = storeAddressText(address)
  if (settings.store !== 'lfs' && writtenText(settings) === text) {
    throw refuse('usage-invalid', { problem: `${text} is the store that is written to; choose another one first` })
  }
  const known = [...settings.mirrors, ...settings.stores].map(storeAddressText)
  if (!known.includes(text))
    throw refuse('usage-invalid', { problem: `${text} is no mirror and no store of this branch` })
  return settingsWithout(settings, address)
}

function addressOf(choice: StoreChoice): StoreAddress | undefined {
  const text = choice.kind === 'use' ? choice.store : choice.address
  return text === 'lfs' ? undefined : parseStoreAddress(text)
}

/** Whoever names a store means it: its folder is made, its server trusted by this clone, and it is asked once. */
async function prepare(
  repository: Repository,
  settings: BranchSettings,
  address: StoreAddress | undefined,
): Promise<void> {
  if (address === undefined) return
  const { files, commonDir } = repository
  if (address.kind === 'dir') await makeFolderStore(files, address.folder)
  else if (address.endpoint !== undefined) {
    await trustHost(files, commonDir, { namedBy: NAMED_BY_BRANCH, host: address.endpoint })
  }
  await withPlaceAt(repository, settings, address, (place) => place.head(placeKey('mlv-store.json')))
}

/** A host refuses pointers of Git LFS whose objects it lacks, and those of unpushed records would go elsewhere. */
async function refuseUnpushedLfs(
  repository: Repository,
  before: BranchSettings,
  planned: BranchSettings,
): Promise<void> {
  if (before.store !== 'lfs' || planned.store === 'lfs') return
  const areas = await readRemoteAreas(repository, (await usualRemote(repository)) ?? 'origin')
  if ((await objectsToPush(repository, areas)).length === 0) return
  throw refuse('usage-invalid', {
    problem: 'records that are not pushed yet have pointers for Git LFS: push them before another store is used',
  })
}

function addressText(choice: StoreChoice): string {
  const address = addressOf(choice)
  return address === undefined ? 'lfs' : storeAddressText(address)
}

function subjectOf(choice: StoreChoice): string {
  switch (choice.kind) {
    case 'use':
      return `mlv: keep artifacts in ${addressText(choice)}${choice.isCompact === true ? ', compact' : ''}`
    case 'mirror-add':
      return `mlv: add mirror ${addressText(choice)}`
    case 'mirror-remove':
      return `mlv: remove mirror ${addressText(choice)}`
  }
}
