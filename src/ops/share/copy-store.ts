/**
 * `mlv store copy`: fills a store or mirror with what the records of the branch need.
 */
import type { BranchSettings } from '../../domain/branch.ts'
import { isFailure, refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import { parseStoreAddress, storeAddressText } from '../../domain/store-address.ts'
import type { StoreAddress } from '../../domain/store-address.ts'
import { noTransfer } from '../../remote/artifact-transfer.ts'
import type { OnTransferProgress, TransferObject, TransferReport } from '../../remote/artifact-transfer.ts'
import { carefully } from '../../remote/care/careful-upload.ts'
import { copyObjects } from '../../remote/copy-objects.ts'
import { careOptions, openPlaceAt, openSources, openStoreAt } from '../../remote/open-transfer.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { transferOptions } from '../repository/artifact-store-access.ts'
import { branchObjects } from '../artifacts/branch-objects.ts'
import type { Repository } from '../repository/repository.ts'

/** What a copy did to one store. */
export interface StoreCopy {
  readonly store: string
  readonly moved: { readonly count: number; readonly sizeBytes: number }
  /** Objects that were there already. */
  readonly present: number
  /** Objects that neither this clone nor any other store of the branch has. */
  readonly absent: number
}

/**
 * Copies every artifact of the branch into one of its stores or mirrors, or into all of them, each byte verified.
 *
 * @param to an address of the settings; every folder and bucket of them when absent.
 * @throws `usage-invalid` for a place that the settings do not name, `store-in-use`, what the stores refuse
 */
export async function copyStore(
  repository: Repository,
  to: string | undefined,
  onProgress: OnTransferProgress,
): Promise<readonly StoreCopy[]> {
  const snapshot = await openSnapshot(repository.context.engine)
  const { settings } = snapshot
  const objects = await branchObjects(snapshot)
  const copies: StoreCopy[] = []
  let away: Failure | undefined
  for (const target of targetsOf(settings, to)) {
    let report: TransferReport
    try {
      report = await copyTo(repository, settings, target, { objects, onProgress })
    } catch (caught) {
      // A place that is not there keeps nobody from filling the others.
      if (!isFailure(caught, 'store-not-found')) throw caught
      away ??= caught
      continue
    }
    const sizeBytes = report.moved.reduce((sum, object) => sum + object.sizeBytes, 0)
    const moved = { count: report.moved.length, sizeBytes }
    const counts = { present: report.present.length, absent: report.absent.length }
    copies.push({ store: storeAddressText(target), moved, ...counts })
  }
  if (away !== undefined) throw away
  return copies
}

interface Copying {
  readonly objects: readonly TransferObject[]
  readonly onProgress: OnTransferProgress
}

async function copyTo(
  repository: Repository,
  settings: BranchSettings,
  target: StoreAddress,
  { objects, onProgress }: Copying,
): Promise<TransferReport> {
  const options = await transferOptions(repository, settings, undefined)
  const local = repository.artifacts(settings.store)
  const text = storeAddressText(target)
  const others = {
    ...settings,
    stores: settings.stores.filter((address) => storeAddressText(address) !== text),
    mirrors: settings.mirrors.filter((address) => storeAddressText(address) !== text),
  }
  const sources = await openSources(local, others, options, 'read')
  const isStore = settings.stores.some((address) => storeAddressText(address) === text)
  // A mirror is a plain copy, which every tool that copies files can make; a store is written as the branch wants it.
  const form = { isCompact: isStore && settings.compact === true, near: () => Promise.resolve(undefined) }
  const opening: { readonly close: () => Promise<void> }[] = [sources]
  try {
    const opened = await openStoreAt(target, options, form)
    opening.unshift(opened)
    const care = await openPlaceAt(target, options)
    opening.unshift(care)
    const upload = () => copyObjects(opened.store, { local, stores: sources.stores }, objects, onProgress)
    const careful = carefully({ ...noTransfer, upload }, careOptions(care.place, options))
    return await careful.upload(objects, onProgress)
  } finally {
    for (const one of opening) await one.close()
  }
}

function targetsOf({ stores, mirrors }: BranchSettings, to: string | undefined): readonly StoreAddress[] {
  const known = [...stores, ...mirrors]
  if (to === undefined) {
    if (known.length === 0)
      throw refuse('usage-invalid', { problem: 'this branch names no folder or bucket to copy to' })
    return known
  }
  const text = storeAddressText(parseStoreAddress(to))
  const target = known.find((address) => storeAddressText(address) === text)
  if (target !== undefined) return [target]
  throw refuse('usage-invalid', {
    problem: `${text} is no store or mirror of this branch; add it with 'mlv store mirror add'`,
  })
}
