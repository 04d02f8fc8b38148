/**
 * TOML from outside, version 1.0: integers keep every digit, dates and times become the text they were written as
 * in RFC 3339.
 */
import { parse, TomlDate, TomlError } from 'smol-toml'
import { DEPTH_LIMIT } from '../../base/canonical-yaml-read.ts'
import type { Value } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import { checkDocumentText, placeAt } from './document-text.ts'

/**
 * Reads one TOML document, which is always a mapping.
 *
 * @throws `document-malformed` (also for a key that appears twice), `document-too-deep`, `number-not-exact`,
 *   `limit-exceeded`
 */
export function readStrictToml(text: string, file: string): Value {
  checkDocumentText(text, file)
  const value = valueOf(parseToml(text, file), file, 1)
  const overflowing = holdsInfinity(value) ? overflowIn(text) : undefined
  if (overflowing === undefined) return value
  throw refuse('number-not-exact', { place: placeAt(text, file, overflowing.index), text: overflowing[0] })
}

function parseToml(text: string, file: string): unknown {
  try {
    return parse(text, { integersAsBigInt: true, useLegacyDate: true, maxDepth: 4 * DEPTH_LIMIT })
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const { line, column } = error
    // The first line is the reason, the rest an excerpt of the file.
    const problem = error.message.split('\n', 1)[0]?.replace(/^Invalid TOML document: /, '') ?? 'it is not TOML'
    throw refuse('document-malformed', { place: { file, line, column }, problem }, error)
  }
}

function valueOf(parsed: unknown, file: string, depth: number): Value {
  if (parsed instanceof TomlDate) return parsed.toISOString()
  if (typeof parsed === 'string' || typeof parsed === 'bigint') return parsed
  if (typeof parsed === 'number' || typeof parsed === 'boolean') return parsed
  return membersOf(parsed, file, depth)
}

function membersOf(parsed: unknown, file: string, depth: number): Value {
  if (depth > DEPTH_LIMIT) throw refuse('document-too-deep', { place: { file }, limit: DEPTH_LIMIT })
  if (Array.isArray(parsed)) return parsed.map((item: unknown) => valueOf(item, file, depth + 1))
  const entries: readonly (readonly [string, unknown])[] = Object.entries(parsed ?? {})
  return new Map(entries.map(([key, member]) => [key, valueOf(member, file, depth + 1)]))
}

function holdsInfinity(value: Value): boolean {
  if (value === Infinity || value === -Infinity) return true
  if (value instanceof Map) return [...value.values()].some(holdsInfinity)
  return Array.isArray(value) && value.some(holdsInfinity)
}

/** Finds the first decimal in the text that no double can hold; `inf` itself is a fine value. */
function overflowIn(text: string): RegExpExecArray | undefined {
  return [...text.matchAll(/[+-]?[0-9][0-9_]*(?:\.[0-9_]+)?(?:[eE][+-]?[0-9_]+)?/g)].find(
    ([token]) => !Number.isFinite(Number(token.replaceAll('_', ''))),
  )
}
