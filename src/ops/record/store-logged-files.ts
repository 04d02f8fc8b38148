/**
 * Takes the files that a run has logged into the record: small ones onto the branch, the others into the store.
 */
import { join } from 'node:path'
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import type { CollectedFile } from '../../store/artifacts/collect.ts'
import { recordFiles } from '../../store/artifacts/record-files.ts'
import { withDiskFailures } from '../../store/files/disk-failure.ts'
import type { SecretMask } from '../../store/inputs/secret-mask.ts'
import { journalFolder } from '../../store/journal/journal.ts'
import type { LoggedFile } from './gather-logs.ts'
import { planLoggedFiles } from './plan-logged-files.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunRecord } from '../repository/run-edits.ts'

/** The files a run has logged, taken in. */
export interface StoredLoggedFiles {
  readonly files: readonly ArtifactFile[]
  readonly inline: ReadonlyMap<ArtifactPath, Uint8Array>
  /** What was left out or got another name. */
  readonly told: readonly string[]
}

/** What mlv makes of logged texts and rows, until it is in the record; goes when the run's folder goes. */
const MADE = 'sealing'

/** Takes in the files of a run's logs. @throws what `recordFiles` refuses */
export async function storeLoggedFiles(
  repository: Repository,
  record: RunRecord,
  logged: readonly LoggedFile[],
  mask: SecretMask,
): Promise<StoredLoggedFiles> {
  if (logged.length === 0) return { files: [], inline: new Map(), told: [] }
  const root = repository.worktree ?? repository.folder
  const { collected, made, told } = await planLoggedFiles(
    {
      files: repository.files,
      folder: join(root, record.run.workingFolder ?? '.'),
      root,
      taken: record.files.map(({ path }) => path),
    },
    logged,
  )
  const written = await writeMade(repository, record, made, mask)
  const inlineBytes = [...record.inline.values()].reduce((sum, bytes) => sum + bytes.length, 0)
  const store = repository.artifacts(record.store)
  const { files, inline } = await recordFiles(store, [...collected, ...written], {
    inlineBytes,
    model: record.model?.path,
  })
  return { files, inline, told }
}

async function writeMade(
  { files, journals }: Repository,
  { run }: RunRecord,
  made: ReadonlyMap<ArtifactPath, string>,
  mask: SecretMask,
): Promise<readonly CollectedFile[]> {
  if (made.size === 0) return []
  const folder = join(journalFolder(journals, run.id), MADE)
  return withDiskFailures(folder, 'writing', async () => {
    await files.makeFolder(folder)
    const written: CollectedFile[] = []
    for (const [path, text] of made) {
      const absolute = join(folder, String(written.length))
      // A recovery that was interrupted may have left it.
      await files.remove(absolute)
      const file = await files.open(absolute, 'create')
      try {
        await file.write(Buffer.from(mask.text(text), 'utf8'))
      } finally {
        await file.close()
      }
      written.push({ path, absolute })
    }
    return written
  })
}
