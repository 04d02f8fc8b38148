/**
 * Takes what a run's command printed into its record, without the secrets in it.
 */
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import { openPathTaker } from '../../domain/free-path.ts'
import { recordFiles } from '../../store/artifacts/record-files.ts'
import { withDiskFailures } from '../../store/files/disk-failure.ts'
import type { SecretMask } from '../../store/inputs/secret-mask.ts'
import { journalFolder } from '../../store/journal/journal.ts'
import { packOutput } from '../../store/processes/pack-output.ts'
import type { Repository } from '../repository/repository.ts'
import type { RunRecord } from '../repository/run-edits.ts'
import type { StoredLoggedFiles } from './store-logged-files.ts'

/** Takes output in. @throws what `recordFiles` refuses */
export async function storeOutput(
  repository: Repository,
  record: RunRecord,
  mask: SecretMask,
  others: { readonly taken: readonly ArtifactPath[]; readonly inlineBytes: number },
): Promise<StoredLoggedFiles> {
  const { files, journals } = repository
  const folder = journalFolder(journals, record.run.id)
  const packed = await withDiskFailures(folder, 'writing', () => packOutput(files, folder, mask))
  if (packed.files.length === 0) return { files: [], inline: new Map(), told: packed.told }
  const paths = openPathTaker(others.taken)
  const free = packed.files.map((file) => ({ ...file, path: paths.take(file.path) }))
  const { inlineBytes } = others
  const { files: stored, inline } = await recordFiles(repository.artifacts(record.store), free, { inlineBytes })
  return { files: stored, inline, told: packed.told }
}
