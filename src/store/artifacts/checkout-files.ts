/**
 * Places recorded files into a folder. Every path, every target and every byte is checked before the first file
 * appears; then each moves into place whole, and a failure on the way takes back what had moved.
 *
 * Law: nothing outside the destination is ever written, whatever the plan, the destination or another process does; and
 * no file that is there is opened for writing, so what a hard link leads to stays as it is.
 */
import { basename, dirname, join } from 'node:path'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import type { ArtifactStore } from './artifact-store.ts'
import type { PlaceOptions, PlannedFile } from './checkout-plan.ts'
import { surveyDestination } from './checkout-survey.ts'
import { moveFresh, moveIntoPlace } from './checkout-placement.ts'
import { stageFiles } from './checkout-staging.ts'
import { removeTree } from './remove-tree.ts'

/** What was done, in the order of the plan. */
export interface PlacedFiles {
  readonly written: readonly ArtifactPath[]
  /** Files that held these bytes already. */
  readonly unchanged: readonly ArtifactPath[]
}

const NAME_BYTES = 6

/**
 * Places all files or none.
 *
 * @param destination absolute; made when it is absent
 * @throws what `parseArtifactPaths` refuses, `destination-symlink`, `destination-occupied`, `destination-changed`,
 * `object-missing`, `object-damaged`, `size-mismatch`, `digest-mismatch`, and the disk's refusals
 */
export async function placeFiles(
  store: ArtifactStore,
  files: Files,
  plan: readonly PlannedFile[],
  destination: string,
  options: PlaceOptions,
): Promise<PlacedFiles> {
  return withDiskFailures(destination, 'writing', async () => {
    const survey = await surveyDestination(store, plan, destination, options)
    const pending = survey.pending.map((target) => target.file)
    const unchanged = plan.map((file) => file.path).filter((path) => survey.unchanged.has(path))
    if (pending.length > 0) {
      const suffix = `mlv-${Buffer.from(options.entropy.randomBytes(NAME_BYTES)).toString('hex')}`
      // On the disk the files go to, so that moving them is a rename.
      const folder = survey.isFresh
        ? join(dirname(destination), `.${basename(destination)}.${suffix}`)
        : join(destination, `.${suffix}`)
      await files.makeFolder(dirname(folder))
      await files.makeFolder(folder, 0o700)
      try {
        const staged = await stageFiles(store, pending, folder, options.onProgress)
        if (survey.isFresh) await moveFresh(files, staged, destination)
        else await moveIntoPlace(files, survey.pending, { staged, folder, destination })
      } finally {
        await removeTree(files, folder)
      }
    }
    return { written: pending.map((file) => file.path), unchanged }
  })
}
