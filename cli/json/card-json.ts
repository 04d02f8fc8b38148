/**
 * Claims and cards as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { CheckedClaim, CheckedDocument } from '../../src/ops/claims/check-claims.ts'
import { doClaimsHold } from '../../src/ops/claims/check-claims.ts'
import type { OutputState } from '../../src/ops/claims/write-card.ts'
import { integer, listJson } from './json-members.ts'

/** A card that was made of the record. */
export interface MadeCard {
  /** `churn@v12`. */
  readonly version: string
  readonly card: string
  /** Absent when it was only printed. */
  readonly output?: OutputState & { readonly name: string }
}

/** What `mlv card` reports of documents with claims. */
export function claimsJson(documents: readonly CheckedDocument[]): ValueMap {
  return valueMap({ holds: doClaimsHold(documents), documents: listJson(documents, documentJson) })
}

/** What `mlv card --model` reports. */
export function madeCardJson({ version, card, output }: MadeCard): ValueMap {
  return valueMap({
    version,
    card,
    output: output?.name,
    written: output?.isWritten,
    outdatedLine: integer(output?.outdatedLine),
  })
}

function documentJson({ name, output, claims, isWritten, outdatedLine }: CheckedDocument): ValueMap {
  return valueMap({
    name,
    output,
    claims: listJson(claims, claimJson),
    written: isWritten,
    outdatedLine: integer(outdatedLine),
  })
}

function claimJson({ line, column, ...claim }: CheckedClaim): ValueMap {
  return valueMap({ line: integer(line), column: integer(column), ...claim })
}
