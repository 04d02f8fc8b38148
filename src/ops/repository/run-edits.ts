/**
 * A sealed run as files on the branch. The same run always becomes the same bytes, whoever seals it and when.
 */
import { sha256Of } from '../../base/digest.ts'
import type { ArtifactPath } from '../../domain/artifact-path.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { StoreKind } from '../../domain/branch.ts'
import type { Environment } from '../../domain/environment.ts'
import type { ModelName } from '../../domain/name.ts'
import type { Oid } from '../../domain/oid.ts'
import type { RunNotes, SealedRun } from '../../domain/run.ts'
import { runFolder, treePath } from '../../domain/tree-path.ts'
import type { TreePath } from '../../domain/tree-path.ts'
import { fileEdits } from '../../store/artifacts/record-files.ts'
import { encodeEnvironment } from '../../store/documents/environment-manifest.ts'
import { encodeFiles, encodeTensors } from '../../store/documents/files-manifest.ts'
import { rewriteNotes } from '../../store/documents/notes-manifest.ts'
import { encodeRun } from '../../store/documents/run-manifest.ts'
import type { TreeEdit } from '../../store/git/engine.ts'
import type { MetricRules } from '../../domain/metric.ts'

/** Everything that sealing a run puts on the branch. */
export interface RunRecord {
  readonly run: SealedRun
  readonly notes: RunNotes
  readonly environment: Environment
  /** `series.json` as it goes on the branch; absent when nothing was logged over steps. */
  readonly series: Uint8Array | undefined
  readonly files: readonly ArtifactFile[]
  /** Bytes of the files kept on the branch itself. */
  readonly inline: ReadonlyMap<ArtifactPath, Uint8Array>
  /** How pointers are written. */
  readonly store: StoreKind
  /** The model to register a version of; absent for a run that made none. */
  readonly model?: ModelRequest
  /** The commit that holds the code that ran, when git alone would not keep it. */
  readonly keepCode?: Oid
  /** Those of earlier stretches of a run that was taken up again. */
  readonly keepAlso?: readonly Oid[]
  /** Environments of later stretches, where they differ from the run's. */
  readonly environments?: readonly Environment[]
  /** Rules for metrics that are logged while it runs; those of the model's seed when absent. */
  readonly rules?: MetricRules
}

/** The version a run asks for. */
export interface ModelRequest {
  readonly name: ModelName
  /** The model's folder or file among the run's files. */
  readonly path: ArtifactPath
  /** Makes a version even when one with the same content exists. */
  readonly newVersion: boolean
  /** Rules for a model that does not exist yet. */
  readonly seedRules: MetricRules
}

/** The edits that add a run to the branch. */
export function runEdits(record: RunRecord): readonly TreeEdit[] {
  const folder = runFolder(record.run.id)
  const edits: TreeEdit[] = [
    put(folder, 'run.yaml', encodeRun(record.run)),
    put(folder, 'environment.yaml', encodeEnvironment(record.environment)),
    put(folder, 'files.yaml', encodeFiles(record.files)),
    ...fileEdits(folder, record.files, record.inline, record.store),
  ]
  for (const environment of record.environments ?? []) {
    const bytes = encodeEnvironment(environment)
    edits.push(put(folder, `environments/${sha256Of(bytes)}.yaml`, bytes))
  }
  const tensors = encodeTensors(record.files)
  if (tensors !== undefined) edits.push(put(folder, 'tensors.json', tensors))
  if (record.series !== undefined) edits.push(put(folder, 'series.json', record.series))
  if (hasNotes(record.notes)) edits.push(put(folder, 'notes.yaml', rewriteNotes(undefined, record.notes)))
  return edits
}

/** One file below a folder of the tree. */
export function put(folder: TreePath, name: string, bytes: Uint8Array): TreeEdit {
  return { kind: 'put', path: treePath(folder, name), bytes }
}

function hasNotes(notes: RunNotes): boolean {
  return notes.tags.length > 0 || notes.name !== undefined || notes.note !== undefined || notes.archived
}
