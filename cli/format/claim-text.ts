/**
 * Claims for a terminal: one line for each that does not hold, as compilers tell errors, then how many do.
 */
import type { CheckedClaim, CheckedDocument, ClaimStatus } from '../../src/ops/claims/check-claims.ts'
import { countText } from './bytes.ts'
import { styled } from './line.ts'
import type { Line, Style } from './line.ts'

const STYLES: { readonly [S in ClaimStatus]: Style } = {
  holds: 'good',
  stale: 'warning',
  differs: 'bad',
  open: 'warning',
  unknown: 'bad',
}

/** Writes what does not hold, what was written, and how many claims hold. */
export function claimsText(documents: readonly CheckedDocument[]): readonly Line[] {
  const lines = documents.flatMap(documentLines)
  const claims = documents.flatMap((document) => document.claims.map((claim) => isTrueNow(document, claim)))
  const holding = claims.filter(Boolean).length
  const names = documents.map(({ name }) => name).join(', ')
  if (claims.length === 0) return [...lines, [`no claims in ${names}`]]
  return [
    ...lines,
    [`${holding} of ${countText(claims.length, 'claim')} in ${names} ${holding === 1 ? 'holds' : 'hold'}`],
  ]
}

/** What was written holds. */
function isTrueNow({ isWritten }: CheckedDocument, { status }: CheckedClaim): boolean {
  return status === 'holds' || (isWritten && status !== 'unknown')
}

function documentLines({ name, output, claims, isWritten, outdatedLine }: CheckedDocument): readonly Line[] {
  const written: readonly Line[] = isWritten ? [['wrote ', styled('subject', output ?? name)]] : []
  const outdated =
    outdatedLine === undefined ? [] : outdatedLines({ name, output: output ?? name, line: outdatedLine }, claims)
  const told = outdatedLine === undefined ? claims : claims.filter(({ status }) => status !== 'open')
  return [...told.flatMap((claim) => claimLines(name, claim, isWritten)), ...outdated, ...written]
}

/** A template and its output have their lines alike, so the claims of the line say what it should be now. */
function outdatedLines(
  { name, output, line }: { readonly name: string; readonly output: string; readonly line: number },
  claims: readonly CheckedClaim[],
): readonly Line[] {
  const here = claims.filter((claim) => claim.line === line && claim.recorded !== undefined)
  const told = here.map(({ claim, recorded, label }) => `${claim} is ${recorded ?? ''} (${label ?? ''})`)
  return [
    [
      `${output}:${line}: `,
      styled('warning', 'stale'),
      `: ${told.length === 0 ? `${name} gives another line` : told.join(', ')}`,
    ],
  ]
}

function claimLines(name: string, claim: CheckedClaim, isWritten: boolean): readonly Line[] {
  const { line, status, retired, label } = claim
  const at = `${name}:${line}: `
  const warning: readonly Line[] =
    retired === undefined ? [] : [[at, styled('warning', 'retired'), `: ${label ?? ''}: ${retired}`]]
  if (status === 'holds') return warning
  return [[at, styled(STYLES[status], status), `: ${detail(claim, isWritten)}`], ...warning]
}

function detail({ claim, status, claimed, recorded, label, problem }: CheckedClaim, isWritten: boolean): string {
  if (status === 'unknown') return `${claim}: ${problem ?? ''}`
  const change = claimed === undefined ? (recorded ?? '') : `${claimed} -> ${recorded ?? ''}`
  const named = status === 'stale' ? `, which is ${label ?? ''} now` : ''
  if (isWritten) return `${claim}${named}: ${change}`
  if (claimed === undefined) return `${claim}${named}: nothing is claimed, recorded is ${recorded ?? ''}`
  return `${claim}${named}: claimed is ${claimed}, recorded is ${recorded ?? ''}`
}
