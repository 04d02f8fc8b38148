/**
 * What one look at a worktree found about packages: the shape every reader of them returns.
 */

/** A package with the file or folder it was read from. */
export interface Package {
  readonly name: string
  readonly version: string
  readonly source: string
}

/** What a reader found. */
export interface FoundPackages {
  readonly packages: readonly Package[]
  /** What could not be pinned, one phrase each. */
  readonly unpinned: readonly string[]
  /** Version of the language, when the same place tells it. */
  readonly languageVersion?: string
}

/** Nothing found. */
export const NO_PACKAGES: FoundPackages = { packages: [], unpinned: [] }

/** Writes a Python package name the one way the index compares them (PEP 503). */
export function normalizedPythonName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}
