/**
 * Environments: what a run ran on, as far as can be told without running any of the user's code.
 */
import type { Sha256 } from '../base/digest.ts'

/** The environment of a run; lists sorted by name. */
export interface Environment {
  readonly os: { readonly name: string; readonly release: string; readonly arch: string }
  readonly cpu: { readonly model: string; readonly count: number; readonly memoryBytes: number }
  /** Graphics processors in device order; empty when there are none or none can be seen. */
  readonly gpus: readonly { readonly model: string; readonly driver?: string }[]
  /** Version of the CUDA toolkit; absent when none can be seen. */
  readonly cuda?: string
  /** The container all this is in; absent outside one, or where it cannot be told. */
  readonly container?: Container
  /** Language versions found beside the code: `python`, `node`, ... */
  readonly languages: readonly { readonly name: string; readonly version: string }[]
  /** Installed or locked packages; `source` is the file or folder they were read from. */
  readonly packages: readonly { readonly name: string; readonly version: string; readonly source: string }[]
  /** Variables that change results, such as `OMP_NUM_THREADS`, `CUDA_VISIBLE_DEVICES`; never secrets. */
  readonly variables: readonly { readonly name: string; readonly value: string }[]
  /** Files that lock packages, as they were, beside the code: what to restore an environment from. Absent for none. */
  readonly lockFiles?: readonly { readonly path: string; readonly sha256: Sha256 }[]
  /** What could not be pinned, one phrase each. */
  readonly unpinned: readonly string[]
}

/** A container, as far as it can be seen from inside. */
export interface Container {
  readonly kind: 'docker' | 'podman' | 'kubernetes' | 'apptainer' | 'other'
  /** Name or digest of its image, when a variable or the runtime says so. */
  readonly image?: string
}
