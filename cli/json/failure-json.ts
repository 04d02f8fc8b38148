/**
 * The data of a refusal as JSON. Refusals hold texts, numbers, lists of them, and places in files.
 */
import type { Value, ValueMap } from '../../src/base/value.ts'
import { valueMap } from '../../src/base/value.ts'
import type { FailureDetail } from '../../src/domain/failure.ts'

/** Writes a refusal's data, member by member; whole numbers as integers. */
export function failureDataJson(data: FailureDetail['data']): ValueMap {
  return objectJson(data)
}

function objectJson(members: object): ValueMap {
  return valueMap(Object.fromEntries(Object.entries(members).map(([key, member]) => [key, memberJson(member)])))
}

function memberJson(member: unknown): Value | undefined {
  if (Array.isArray(member)) return member.map((item) => memberJson(item) ?? null)
  if (typeof member === 'object' && member !== null) return objectJson(member)
  if (typeof member === 'number') return Number.isSafeInteger(member) ? BigInt(member) : member
  return typeof member === 'string' || typeof member === 'boolean' ? member : undefined
}
