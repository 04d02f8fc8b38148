/**
 * YAML from outside: the 1.2 core schema without anything that expands, hides or reads two ways.
 *
 * Integers keep every digit. A key is the text it was written as, whatever type a value of that text would have.
 */
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { ParsedNode, Scalar, YAMLMap } from 'yaml'
import { DEPTH_LIMIT } from '../../base/canonical-yaml-read.ts'
import type { Scalar as ScalarValue, Value } from '../../base/value.ts'
import { refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'
import type { Place } from '../../domain/failure-data.ts'
import { checkDocumentText, placeAt } from './document-text.ts'
import { isNumberLost } from './number-text.ts'
import { checkYamlTokens } from './yaml-guard.ts'

/** The document being read, for places in refusals. */
interface Source {
  readonly file: string
  readonly placeOf: (offset: number) => Place
}

/**
 * Reads one YAML document; an empty one is null.
 *
 * @throws `document-malformed`, `document-feature` for aliases, anchors, tags, directives, merge keys and second
 *   documents, `document-too-deep`, `key-duplicate`, `number-not-exact`, `limit-exceeded`
 */
export function readStrictYaml(text: string, file: string): Value {
  checkDocumentText(text, file)
  checkYamlTokens(text, file)
  const lineCounter = new LineCounter()
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    intAsBigInt: true,
    // Checked below, in linear time and with our own refusal.
    uniqueKeys: false,
    prettyErrors: false,
    // A silent parser also keeps quiet about a second document.
    logLevel: 'error',
    lineCounter,
  })
  const source: Source = { file, placeOf: (offset) => placeAt(text, file, offset) }
  const [error] = document.errors
  if (error !== undefined) throw parseFailure(error.code, error.message, source.placeOf(error.pos[0]))
  return document.contents === null ? null : valueOf(document.contents, source, 1)
}

function parseFailure(code: string, message: string, place: Place): Failure {
  if (code === 'MULTIPLE_DOCS') return refuse('document-feature', { place, feature: 'several documents' })
  return refuse('document-malformed', { place, problem: lowerFirst(message) })
}

function valueOf(node: ParsedNode | null, source: Source, depth: number): Value {
  if (node === null) return null
  if (isScalar(node)) return scalarOf(node, source)
  if (depth > DEPTH_LIMIT) {
    throw refuse('document-too-deep', { place: source.placeOf(node.range[0]), limit: DEPTH_LIMIT })
  }
  if (isSeq<ParsedNode>(node)) return node.items.map((item) => valueOf(item, source, depth + 1))
  if (isMap<ParsedNode, ParsedNode | null>(node)) return mapOf(node, source, depth)
  // The guard has refused aliases before the parser saw them.
  throw refuse('document-feature', { place: source.placeOf(node.range[0]), feature: 'aliases' })
}

function mapOf(node: YAMLMap<ParsedNode, ParsedNode | null>, source: Source, depth: number): Value {
  const map = new Map<string, Value>()
  for (const { key, value } of node.items) {
    const place = source.placeOf(key.range[0])
    const name = keyOf(key, place)
    if (map.has(name)) throw refuse('key-duplicate', { place, key: name })
    map.set(name, valueOf(value, source, depth + 1))
  }
  return map
}

function keyOf(key: ParsedNode, place: Place): string {
  if (!isScalar(key)) throw refuse('document-malformed', { place, problem: 'a key must be text' })
  if (typeof key.value === 'string' && key.type !== 'PLAIN') return key.value
  const text = typeof key.value === 'string' ? key.value : key.source
  if (text === '<<') throw refuse('document-feature', { place, feature: 'merge keys' })
  return text
}

function scalarOf(node: Scalar, source: Source): ScalarValue {
  const { value } = node
  if (typeof value === 'number' && isNumberLost(node.source ?? '', value)) {
    const place = source.placeOf(node.range?.[0] ?? 0)
    throw refuse('number-not-exact', { place, text: node.source ?? '' })
  }
  if (typeof value === 'string' || typeof value === 'boolean') return value
  return typeof value === 'bigint' || typeof value === 'number' ? value : null
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
