/**
 * Takes files of a checkout out of the packs they are in, each checked against its own digest.
 */
import { sha256Of } from '../../base/digest.ts'
import type { Sha256 } from '../../base/digest.ts'
import { refuse } from '../../domain/failure.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import { forEachAtOnce } from './at-once.ts'
import type { ArtifactStore } from './artifact-store.ts'
import type { PlannedFile } from './checkout-plan.ts'
import { readPacked } from './read-packed.ts'

const PACKS_AT_ONCE = 4

type PackSource = Extract<PlannedFile['source'], { readonly kind: 'packed' }>

/** A file of a plan that is in a pack. */
export interface PackedPlan {
  readonly file: PlannedFile
  readonly source: PackSource
}

/**
 * Hands each file with its bytes to `place`, once they are known to be those that were recorded.
 *
 * @throws `object-damaged` for a pack that is, `digest-mismatch` for a place that is recorded wrong, the disk's
 * refusals
 */
export async function stagePacked(
  store: ArtifactStore,
  plan: readonly PackedPlan[],
  place: (file: PlannedFile, bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  await forEachAtOnce(byPack(plan), PACKS_AT_ONCE, async ([sha256, files]) => {
    const places = files.map((each) => ({ ...each, offset: each.source.offset, sizeBytes: each.file.sizeBytes }))
    const path = store.path(sha256)
    await withDiskFailures(path, 'reading', () =>
      readPacked(store.files, path, places, async ({ file, source }, bytes) => {
        const actual = sha256Of(bytes)
        if (actual !== file.sha256) throw await refusalOf(store, { file, source }, actual)
        await place(file, bytes)
      }),
    )
  })
}

/** Files by the packs they are in. */
function byPack(plan: readonly PackedPlan[]): ReadonlyMap<Sha256, readonly PackedPlan[]> {
  const packs = new Map<Sha256, PackedPlan[]>()
  for (const each of plan) {
    const known = packs.get(each.source.pack.sha256)
    if (known === undefined) packs.set(each.source.pack.sha256, [each])
    else known.push(each)
  }
  return packs
}

/** Either the pack is damaged, or it is whole and the record wrong. */
async function refusalOf(store: ArtifactStore, { file, source: { pack } }: PackedPlan, actual: string): Promise<Error> {
  if ((await store.verify(pack.sha256, pack.sizeBytes, { rehash: true })) === 'ok') {
    return refuse('digest-mismatch', { path: file.path, expected: file.sha256, actual })
  }
  const problem = `the bytes of '${file.path}' in it have digest ${actual}`
  return refuse('object-damaged', { what: 'artifact', id: pack.sha256, problem })
}
