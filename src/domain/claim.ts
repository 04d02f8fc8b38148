/**
 * Claims: places in a document that say what is recorded, such as `churn@v12#val/auc .3f`. A revision, a field of it,
 * and how to write its value.
 *
 * Law: a claim that is printed reads back as the same claim, whatever a metric is called, and nothing in what is
 * printed ends an HTML comment, a pair of braces, code or the cell of a table.
 */
import { Failure } from './failure.ts'
import { parseMetricKey, parseParameterKey } from './key.ts'
import type { MetricKey, ParameterKey } from './key.ts'

/** A fact of a run or version; `by` is who recorded it, `code.commit` HEAD of then. */
export type ClaimedFact = 'version' | 'model' | 'run' | 'by' | 'created' | 'content' | 'code.commit'

/** What of a run or version is claimed. */
export type ClaimField =
  | { readonly kind: 'metric'; readonly key: MetricKey }
  | { readonly kind: 'parameter'; readonly key: ParameterKey }
  /** The SHA-256 of a file, by its path in the version or run. */
  | { readonly kind: 'sha256'; readonly path: string }
  | { readonly kind: 'fact'; readonly name: ClaimedFact }

/** How a value is written: `.3f` decimals, `.2%` percent, `.3e` exponent, `.4g` digits in all, `.10s` characters. */
export interface ClaimFormat {
  readonly kind: 'f' | '%' | 'e' | 'g' | 's'
  /** At most 20, for `s` 99; absent for as many as it takes. */
  readonly digits?: number
}

/** A claim as read. */
export interface Claim {
  /** As typed; `parseRevision` says what it means. */
  readonly revision: string
  readonly field: ClaimField
  readonly format?: ClaimFormat
}

/** A claim, or what is wrong with the text of one. */
export type ParsedClaim =
  { readonly kind: 'claim'; readonly claim: Claim } | { readonly kind: 'malformed'; readonly problem: string }

const FACTS: readonly ClaimedFact[] = ['version', 'model', 'run', 'by', 'created', 'content', 'code.commit']
// A revision, a sign, a word or a JSON string with what may stand around it, and a format.
const SHAPE = /^([^#\s"]+)#((?:params\.|metrics\.|sha256\()?(?:"(?:[^"\\]|\\.)*"\)?|\S+))(?:\s+(\S+))?$/
const UNSAFE = /--|[<>{}|`]/
const BARE = /^[A-Za-z0-9_][\w./:@%+=*-]*$/
const FORMAT = /^(?:\.([0-9]{1,2}))?([fe%gs])$/
const MOST_DIGITS = 20
const PREFIXES = ['params.', 'metrics.'] as const

/** Reads the text of a claim. */
export function parseClaim(text: string): ParsedClaim {
  const [matched, revision = '', fieldText = '', formatText] = SHAPE.exec(text.trim()) ?? []
  if (matched === undefined) return malformed("it is not written as 'model@version#metric'")
  if (UNSAFE.test(revision)) return malformed('a revision in a claim holds none of -- < > { } | and `')
  const format = formatText === undefined ? undefined : parseFormat(formatText)
  if (formatText !== undefined && format === undefined) {
    return malformed(`'${formatText}' is no format; formats are .3f, .2%, .3e, .4g and .10s`)
  }
  const field = readField(fieldText)
  if (typeof field === 'string') return malformed(field)
  return { kind: 'claim', claim: { revision, field, ...(format === undefined ? {} : { format }) } }
}

/** Writes a claim as `parseClaim` reads it back. */
export function formatClaim({ revision, field, format }: Claim): string {
  return `${revision}#${fieldText(field)}${format === undefined ? '' : ` ${formatText(format)}`}`
}

function malformed(problem: string): ParsedClaim {
  return { kind: 'malformed', problem }
}

function parseFormat(text: string): ClaimFormat | undefined {
  const [matched, digitsText, kind] = FORMAT.exec(text) ?? []
  if (matched === undefined || !isFormatKind(kind)) return undefined
  if (digitsText === undefined) return kind === 'e' || kind === '%' ? { kind } : undefined
  const digits = Number(digitsText)
  if (kind !== 's' && digits > MOST_DIGITS) return undefined
  // No digits at all would be no number.
  return digits === 0 && (kind === 'g' || kind === 's') ? undefined : { kind, digits }
}

function isFormatKind(text: string | undefined): text is ClaimFormat['kind'] {
  return text === 'f' || text === '%' || text === 'e' || text === 'g' || text === 's'
}

function formatText({ kind, digits }: ClaimFormat): string {
  return `${digits === undefined ? '' : `.${digits}`}${kind}`
}

/** The field, or what is wrong with it. */
function readField(text: string): ClaimField | string {
  const file = /^sha256\((.*)\)$/s.exec(text)?.[1]
  if (file !== undefined) {
    const path = unquoted(file)
    return path === undefined || path === '' ? 'sha256() takes the path of a file' : { kind: 'sha256', path }
  }
  const fact = FACTS.find((name) => name === text)
  if (fact !== undefined) return { kind: 'fact', name: fact }
  const prefix = PREFIXES.find((candidate) => text.startsWith(candidate))
  const key = unquoted(prefix === undefined ? text : text.slice(prefix.length))
  if (key === undefined) return 'a name with odd characters goes in double quotes'
  try {
    if (prefix === 'params.') return { kind: 'parameter', key: parseParameterKey(key) }
    return { kind: 'metric', key: parseMetricKey(key) }
  } catch (caught) {
    if (caught instanceof Failure) return caught.why
    throw caught
  }
}

/** A bare word as it is, a JSON string as what it says; `undefined` for anything else. */
function unquoted(text: string): string | undefined {
  if (isBare(text)) return text
  if (!text.startsWith('"')) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

function fieldText(field: ClaimField): string {
  switch (field.kind) {
    case 'fact':
      return field.name
    case 'sha256':
      return `sha256(${quotedUnlessBare(field.path)})`
    case 'parameter':
      return `params.${quotedUnlessBare(field.key)}`
    case 'metric':
      return isTakenWord(field.key) ? `metrics.${quotedUnlessBare(field.key)}` : quotedUnlessBare(field.key)
  }
}

/** Would read as something else than a metric. */
function isTakenWord(key: string): boolean {
  return FACTS.some((name) => name === key) || PREFIXES.some((prefix) => key.startsWith(prefix))
}

function isBare(text: string): boolean {
  return BARE.test(text) && !text.includes('--')
}

/** A JSON string without any character that could end what the claim stands in. */
function quotedUnlessBare(text: string): string {
  if (isBare(text)) return text
  return JSON.stringify(text).replace(/[-<>{}|`]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
