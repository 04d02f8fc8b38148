/**
 * Files of parameters, written: one value changed and everything else as its author wrote it, or a whole file restored
 * from recorded parameters.
 */
import { isNode, parseDocument } from 'yaml'
import { jsonText } from '../../base/json-text.ts'
import { writeCanonicalYaml } from '../../base/canonical-yaml.ts'
import { isValueMap } from '../../base/value.ts'
import type { Value, ValueMap } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import type { ParameterKey } from '../../domain/key.ts'
import type { Parameters } from '../../domain/parameter.ts'
import { parseParameterText } from '../../domain/parameter-text.ts'
import { readStrictJson } from '../documents/strict-json.ts'
import type { Files } from '../files/files.ts'
import { writeFileDurably } from '../files/safe-write.ts'

const JSON_INDENT = 2

/**
 * Changes one parameter of a YAML or JSON file that has it. Comments and order of YAML stay.
 *
 * @throws `usage-invalid` for TOML and for a key the file does not have
 */
export async function changeParameter(
  files: Files,
  path: string,
  { key, text }: { readonly key: ParameterKey; readonly text: string },
): Promise<void> {
  const before = new TextDecoder().decode(await files.readFile(path))
  const after = changedText(path, before, key, text)
  if (after === undefined) throw refuse('usage-invalid', { problem: `${path} has no parameter '${key}' to change` })
  await writeFileDurably(files, path, new TextEncoder().encode(after), { replace: true })
}

/**
 * Writes a file of parameters anew: nested by the dots of their keys. The same parameters are read back from it.
 *
 * @throws `usage-invalid` for TOML
 */
export async function writeParameters(files: Files, path: string, parameters: Parameters): Promise<void> {
  const map = nested(parameters)
  if (!isJson(path)) refuseToml(path)
  const text = isJson(path) ? `${jsonText(map, JSON_INDENT)}\n` : writeCanonicalYaml(map)
  await writeFileDurably(files, path, new TextEncoder().encode(text), { replace: true })
}

function changedText(path: string, before: string, key: ParameterKey, text: string): string | undefined {
  if (isJson(path)) {
    const document = readStrictJson(before, path)
    const changed = isValueMap(document) ? changedMember(document, key, parseParameterText(text)) : undefined
    return changed === undefined ? undefined : `${jsonText(changed, JSON_INDENT)}\n`
  }
  refuseToml(path)
  const document = parseDocument(before, { intAsBigInt: true })
  const place = [[key], key.split('.')].find((parts) => document.hasIn(parts))
  if (place === undefined) return undefined
  const [held, next] = [document.getIn(place, true), parseDocument(text, { intAsBigInt: true }).contents]
  // The remark behind a value belongs to the parameter and not to the value.
  if (isNode(held) && isNode(next) && typeof held.comment === 'string') next.comment = held.comment
  document.setIn(place, next)
  return document.toString()
}

/** A key may be one member with dots in its name, or members of members. */
function changedMember(map: ValueMap, key: string, value: Value): ValueMap | undefined {
  if (map.has(key)) return new Map([...map, [key, value]])
  for (let dot = key.indexOf('.'); dot > 0; dot = key.indexOf('.', dot + 1)) {
    const member = map.get(key.slice(0, dot))
    const changed =
      member !== undefined && isValueMap(member) ? changedMember(member, key.slice(dot + 1), value) : undefined
    if (changed !== undefined) return new Map([...map, [key.slice(0, dot), changed]])
  }
  return undefined
}

function nested(parameters: Parameters): ValueMap {
  const root = new Map<string, Value>()
  const folders = new Map<string, Map<string, Value>>([['', root]])
  for (const [key, value] of parameters) {
    const cut = key.lastIndexOf('.')
    folderOf(folders, key.slice(0, Math.max(0, cut))).set(key.slice(cut + 1), value)
  }
  return root
}

function folderOf(folders: Map<string, Map<string, Value>>, path: string): Map<string, Value> {
  const known = folders.get(path)
  if (known !== undefined) return known
  const cut = path.lastIndexOf('.')
  const made = new Map<string, Value>()
  folders.set(path, made)
  folderOf(folders, path.slice(0, Math.max(0, cut))).set(path.slice(cut + 1), made)
  return made
}

function isJson(path: string): boolean {
  return path.toLowerCase().endsWith('.json')
}

function refuseToml(path: string): void {
  if (!/\.ya?ml$/i.test(path)) {
    throw refuse('usage-invalid', { problem: `only YAML and JSON files of parameters are written, not ${path}` })
  }
}
