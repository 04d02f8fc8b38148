/**
 * Canonical YAML: one text for a mapping, so that saving what was read is the same git object.
 *
 * Keys sorted by UTF-8 bytes, block style, two spaces a level, one scalar a line, `\n` at the end of every line;
 * no aliases, tags, comments or merge keys.
 */
import { assert } from './assert.ts'
import { scalarText, stringText } from './canonical-scalar.ts'
import { sortedEntries } from './order.ts'
import { isValueList, isValueMap } from './value.ts'
import type { Value, ValueMap } from './value.ts'

/** YAML readers give up on an unmarked key that is longer (YAML 1.2.2, section 7.4.2). */
const LONGEST_KEY = 1024

/** Writes a mapping as a whole document. Keys are at most 1,024 characters as written. */
export function writeCanonicalYaml(map: ValueMap): string {
  return map.size === 0 ? '{}\n' : `${mapText(map, '')}\n`
}

/** The lines of a mapping; the first one carries no indent, because it may follow a dash. */
function mapText(map: ValueMap, indent: string): string {
  return sortedEntries(map)
    .map(([key, value]) => `${keyText(key)}:${memberText(value, indent)}`)
    .join(`\n${indent}`)
}

function listText(list: readonly Value[], indent: string): string {
  return list.map((item) => `- ${inlineText(item) ?? blockText(item, `${indent}  `)}`).join(`\n${indent}`)
}

function keyText(key: string): string {
  const text = stringText(key)
  assert(text.length <= LONGEST_KEY, 'keys of at most 1,024 characters')
  return text
}

function memberText(value: Value, indent: string): string {
  const inline = inlineText(value)
  if (inline !== undefined) return ` ${inline}`
  const deeper = `${indent}  `
  return `\n${deeper}${blockText(value, deeper)}`
}

/** The text of a value that fits on one line; `undefined` for mappings and lists with members. */
function inlineText(value: Value): string | undefined {
  if (isValueList(value)) return value.length === 0 ? '[]' : undefined
  if (isValueMap(value)) return value.size === 0 ? '{}' : undefined
  return scalarText(value)
}

function blockText(value: Value, indent: string): string {
  if (isValueList(value)) return listText(value, indent)
  assert(isValueMap(value), 'a list or a mapping')
  return mapText(value, indent)
}
