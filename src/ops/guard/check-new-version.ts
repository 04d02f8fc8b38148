/**
 * Checks a version that a change of the registry brings: it says of itself what its run says, and is nobody else.
 */
import type { ModelVersion } from '../../domain/model-version.ts'
import type { SealedRun } from '../../domain/run.ts'
import { listModelNames, readVersions } from '../../store/branch/read-models.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'

/**
 * Says what is wrong with a version that is new; `undefined` when nothing is.
 *
 * @throws what other versions' records refuse to be read for
 */
export async function newVersionProblem(
  head: BranchSnapshot,
  version: ModelVersion,
  run: SealedRun,
): Promise<string | undefined> {
  for (const field of ['metrics', 'parameters', 'datasets', 'code'] as const) {
    if (textOf(version[field]) !== textOf(run[field])) return `says other ${field} than its run`
  }
  for (const model of await listModelNames(head)) {
    for (const other of await readVersions(head, model)) {
      const isItself = other.model === version.model && other.number === version.number
      if (other.uid === version.uid && !isItself) return `has the uid of ${other.model}@v${other.number}`
    }
  }
  return undefined
}

/** A value as text that is equal for equal values only, whatever the order of members. */
function textOf(value: unknown): string {
  if (value instanceof Map) return `map{${[...value].map(textOf).sort().join()}}`
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`
  if (typeof value === 'object' && value !== null) return `{${Object.entries(value).map(textOf).sort().join()}}`
  if (typeof value === 'string') return JSON.stringify(value)
  return Object.is(value, -0) ? 'number -0' : `${typeof value} ${String(value)}`
}
