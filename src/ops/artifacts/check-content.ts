/**
 * Whether the files a version lists are those it was registered with: a list is a file of its own, and can be edited.
 */
import { sha256Of } from '../../base/digest.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { contentDigestOf } from '../../domain/content-digest.ts'
import type { ContentDigest } from '../../domain/content-digest.ts'
import { refuse } from '../../domain/failure.ts'
import type { ModelVersion } from '../../domain/model-version.ts'

/** The content digest that a version has with these files, in any order; all of its files, not some. */
export function contentDigestWith(version: ModelVersion, files: readonly ArtifactFile[]): ContentDigest {
  const { model, parameters, datasets, code } = version
  const codeDigest = code.kind === 'commit' ? sha256Of(code.tree) : null
  return contentDigestOf({ files, model, parameters, datasets, codeDigest })
}

/** Refuses files that are not all of those the version was registered with. @throws `digest-mismatch` */
export function requireContent(version: ModelVersion, files: readonly ArtifactFile[]): void {
  const actual = contentDigestWith(version, files)
  const expected = version.contentDigest
  if (actual === expected) return
  throw refuse('digest-mismatch', { path: `${version.model}@v${version.number}`, expected, actual })
}
