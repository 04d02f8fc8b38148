/**
 * A document that is made of the record as a whole: written to a file, or held against the one that stands there.
 */
import type { Repository } from '../repository/repository.ts'
import { firstDifference, readOutput, writeDocument } from './claim-document.ts'
import { encodedText } from '../../domain/claim-scan.ts'

/** How a file stands to what it should hold. */
export interface OutputState {
  readonly isWritten: boolean
  /** The first line that is another, from 1; absent when none is, or it was written. */
  readonly outdatedLine?: number
}

/** Writes a document, or only looks. @throws what `writeDocument` refuses */
export async function placeDocument(
  repository: Repository,
  name: string,
  text: string,
  options: { readonly write: boolean },
): Promise<OutputState> {
  const wanted = encodedText(text)
  const standing = await readOutput(repository, name)
  if (standing === wanted) return { isWritten: false }
  if (!options.write) return { isWritten: false, outdatedLine: firstDifference(standing, wanted) }
  await writeDocument(repository, name, wanted)
  return { isWritten: true }
}
