/**
 * `mlv card`: holds what documents claim against what is recorded, and writes what is recorded into them. Bytes that
 * are no claim never change.
 */
import { Failure } from '../../domain/failure.ts'
import { formatClaim, parseClaim } from '../../domain/claim.ts'
import type { Claim } from '../../domain/claim.ts'
import { encodedText, renderClaims, scanClaims } from '../../domain/claim-scan.ts'
import type { DocumentKind, FoundClaim } from '../../domain/claim-scan.ts'
import { claimedText } from '../../domain/claim-value.ts'
import type { ClaimedText } from '../../domain/claim-value.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { firstDifference, readDocument, readOutput, writeDocument } from './claim-document.ts'
import type { Repository } from '../repository/repository.ts'
import { claimReader } from './resolve-claim.ts'
import type { ClaimReader } from './resolve-claim.ts'

/** A document with claims. */
export interface ClaimDocument {
  /** As the user named it, from where the repository was opened. */
  readonly name: string
  /** Where a template is rendered to; absent for a document that holds its own claims. */
  readonly output?: string
  readonly isMarkdown: boolean
}

/** What to do with which documents. */
export interface CheckClaimsOptions {
  readonly documents: readonly ClaimDocument[]
  /** Writes what is recorded where something else is claimed; else only looks. */
  readonly write: boolean
  readonly includesCode: boolean
  /** Makes text that others chose harmless in Markdown. */
  readonly quote: (text: string) => string
  readonly at?: string
}

/**
 * How a claim stands. `stale`: it was made of something that moves, such as an alias. `differs`: of something that
 * does not. `open`: nothing is claimed yet. `unknown`: what it names is not recorded, or it cannot be read.
 */
export type ClaimStatus = 'holds' | 'stale' | 'differs' | 'open' | 'unknown'

/** One claim, held against the record. */
export interface CheckedClaim {
  readonly line: number
  readonly column: number
  /** As it is written: `churn@v12#val/auc .3f`. */
  readonly claim: string
  readonly status: ClaimStatus
  /** Absent for an open claim. */
  readonly claimed?: string
  /** Absent when it is unknown. */
  readonly recorded?: string
  /** What the revision names now: `churn@v12`; absent when it is unknown. */
  readonly label?: string
  readonly problem?: string
  /** Why the version must not be used any more; absent while it may. */
  readonly retired?: string
}

/** One document, held against the record. */
export interface CheckedDocument {
  readonly name: string
  /** Where it is rendered to; absent for a document that holds its own claims. */
  readonly output?: string
  readonly claims: readonly CheckedClaim[]
  /** Bytes were written. */
  readonly isWritten: boolean
  /** The first line of the output that is not what the template gives; absent when it is, or was written. */
  readonly outdatedLine?: number
}

/** Text that means nothing but itself in Markdown, HTML and most else. */
const PLAIN = /^[A-Za-z0-9](?:[A-Za-z0-9 .:/+-]*[A-Za-z0-9+])?$/
/** What GitHub makes links of, wherever it stands. */
const LINKED = /:\/\/|www\.|\bGH-[0-9]/i
const ACTS = 'the recorded text could act where it stands'
/**
 * Checks documents, in the order given. A claim that cannot be looked up is told and left as it is.
 *
 * @throws `branch-not-found`, `file-not-found`, `limit-exceeded` above 16 MiB, the disk's refusals
 */
export async function checkClaims(
  repository: Repository,
  options: CheckClaimsOptions,
): Promise<readonly CheckedDocument[]> {
  const reader = claimReader(await openSnapshot(repository.context.engine, options.at))
  const checked: CheckedDocument[] = []
  for (const document of options.documents) checked.push(await checkDocument(repository, reader, document, options))
  return checked
}

/** Tells whether every claim holds and every output is what its template gives; what was just written does. */
export function doClaimsHold(documents: readonly CheckedDocument[]): boolean {
  return documents.every(({ claims, isWritten, outdatedLine }) => {
    const isTrue = ({ status }: CheckedClaim): boolean => status === 'holds' || (isWritten && status !== 'unknown')
    return outdatedLine === undefined && claims.every(isTrue)
  })
}

async function checkDocument(
  repository: Repository,
  reader: ClaimReader,
  document: ClaimDocument,
  options: CheckClaimsOptions,
): Promise<CheckedDocument> {
  const { name, output, isMarkdown } = document
  const text = await readDocument(repository, name)
  const kind = { isMarkdown, includesCode: options.includesCode }
  const found = scanClaims(text, kind)
  const first: Looked[] = []
  for (const claim of found) first.push(await lookUp(reader, claim, document, options))
  const { looked, rendered } = renderDocument(text, found, first, { kind, isTemplate: output !== undefined })
  const standing = output === undefined ? text : await readOutput(repository, output)
  const isSame = standing === rendered
  if (options.write && !isSame) await writeDocument(repository, output ?? name, rendered)
  const outdatedLine = output === undefined || isSame || options.write ? undefined : firstDifference(standing, rendered)
  const claims = looked.map(({ checked }) => checked)
  return {
    name,
    // What a template leaves open is said in its output.
    claims: output === undefined || outdatedLine !== undefined ? claims : claims.map(holdingWhenOpen),
    ...(output === undefined ? {} : { output }),
    isWritten: options.write && !isSame,
    ...(outdatedLine === undefined ? {} : { outdatedLine }),
  }
}

/**
 * Renders a document. Text in backticks may close a backtick that stands open before it, and with that make code of a
 * claim, which nobody would check any more: then no text in backticks is written.
 */
function renderDocument(
  text: string,
  found: readonly FoundClaim[],
  looked: readonly Looked[],
  { kind, isTemplate }: { readonly kind: DocumentKind; readonly isTemplate: boolean },
): { readonly looked: readonly Looked[]; readonly rendered: string } {
  const render = (from: readonly Looked[]): string => {
    return renderClaims(text, found, (_, place) => from[place]?.words, { isTemplate })
  }
  const rendered = render(looked)
  if (isTemplate || scanClaims(rendered, kind).length === found.length) return { looked, rendered }
  const safe = looked.map((one) => (one.words?.value.includes('`') === true ? unknown(one.checked, ACTS) : one))
  return { looked: safe, rendered: render(safe) }
}

function holdingWhenOpen(claim: CheckedClaim): CheckedClaim {
  return claim.status === 'open' ? { ...claim, status: 'holds' } : claim
}

interface Looked {
  readonly checked: CheckedClaim
  readonly words: { readonly body: string; readonly value: string } | undefined
}

async function lookUp(
  reader: ClaimReader,
  found: FoundClaim,
  document: ClaimDocument,
  options: CheckClaimsOptions,
): Promise<Looked> {
  const { line, column, body, claimed } = found
  const parsed = found.problem === undefined ? parseClaim(body) : { kind: 'malformed' as const, problem: found.problem }
  const standing = { line, column, claim: body, ...(claimed === undefined ? {} : { claimed }) }
  if (parsed.kind === 'malformed') return unknown(standing, parsed.problem)
  try {
    return await lookUpClaim(reader, parsed.claim, standing, (text) => inertText(text, document, options))
  } catch (caught) {
    if (caught instanceof Failure) return unknown(standing, `${caught.message}: ${caught.why}`)
    throw caught
  }
}

type Standing = Pick<CheckedClaim, 'line' | 'column' | 'claim' | 'claimed'>

function unknown({ line, column, claim, claimed }: Standing, problem: string): Looked {
  const standing = { line, column, claim, ...(claimed === undefined ? {} : { claimed }) }
  return { checked: { ...standing, status: 'unknown', problem }, words: undefined }
}

async function lookUpClaim(
  reader: ClaimReader,
  claim: Claim,
  standing: Standing,
  inert: (text: ClaimedText) => string | undefined,
): Promise<Looked> {
  const { label, isMoving, retired } = await reader.record(claim.revision)
  const words = claimedText(await reader.value(claim), claim.format)
  if (words === undefined) return unknown(standing, 'its format is for another kind of value')
  const recorded = inert(words)
  if (recorded === undefined) return unknown(standing, ACTS)
  const { claimed } = standing
  const wrong = isMoving ? ('stale' as const) : ('differs' as const)
  const status = claimed === undefined ? 'open' : claimed === recorded ? 'holds' : wrong
  return {
    checked: { ...standing, status, recorded, label, ...(retired === undefined ? {} : { retired }) },
    words: { body: encodedText(formatClaim(claim)), value: encodedText(recorded) },
  }
}

/** Text as it can stand in a document; `undefined` where nothing makes it harmless there. */
function inertText(
  { text, isText }: ClaimedText,
  { isMarkdown }: ClaimDocument,
  { quote }: CheckClaimsOptions,
): string | undefined {
  if (!isText || (PLAIN.test(text) && !LINKED.test(text))) return text
  const quoted = isMarkdown ? quote(text) : undefined
  // Code is no shelter from the end of the claim itself.
  return quoted === undefined || quoted.trim() === '' || quoted.includes('<!--') ? undefined : quoted
}
