/**
 * Brings what can be brought of many files, for those who go on without the rest.
 */
import { objectOf } from '../../domain/artifact.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { Failure } from '../../domain/failure.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { Repository } from '../repository/repository.ts'
import { bringArtifacts } from './bring-artifacts.ts'

/** Brings files in turns, and asks a store that failed no more. */
export interface PresentFiles {
  /** The files of a list that are in this clone now, each once. */
  readonly bring: (files: readonly ArtifactFile[]) => Promise<ReadonlySet<ArtifactFile>>
}

/** What says something of one object, and nothing of the store. */
const OF_ONE: ReadonlySet<string> = new Set(['digest-mismatch', 'size-mismatch', 'object-damaged', 'object-missing'])

/** Starts with a store that answers. */
export function presentFiles(repository: Repository): PresentFiles {
  let isGone = false
  return {
    bring: async (files) => {
      const { settings } = await openSnapshot(repository.context.engine)
      try {
        if (!isGone) await bringArtifacts(repository, settings, files)
      } catch (caught) {
        if (!(caught instanceof Failure)) throw caught
        isGone = !OF_ONE.has(caught.code)
      }
      const store = repository.artifacts(settings.store)
      const present = new Set<ArtifactFile>()
      for (const file of files) {
        const object = objectOf(file)
        if (object === undefined || (await store.has(object.sha256))) present.add(file)
      }
      return present
    },
  }
}
