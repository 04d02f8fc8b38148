/**
 * The strict readers: documents from outside, as a stranger might craft them.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonText } from '../../../src/base/json-text.ts'
import type { Value } from '../../../src/base/value.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { documentText } from '../../../src/store/documents/document-text.ts'
import { readStrictJson } from '../../../src/store/documents/strict-json.ts'
import { readStrictToml } from '../../../src/store/documents/strict-toml.ts'
import { readStrictYaml } from '../../../src/store/documents/strict-yaml.ts'
import { anyMap, anyText } from '../../support/document-arbitraries.ts'

type Reader = (text: string, file: string) => Value

function refusalOf(read: Reader, text: string): string {
  try {
    return `read: ${jsonText(read(text, 'params'))}`
  } catch (error) {
    if (error instanceof Failure) return `${error.code}: ${error.message}`
    throw error
  }
}

const BOMB = Array.from({ length: 9 }, (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(9)}]`).join('\n')

test.each([
  ['an alias bomb', `l0: &l0 [lol]\n${BOMB}\n`, 'document-feature: params:1:5: anchors are not accepted'],
  ['an alias', 'a: *b\n', 'document-feature: params:1:4: aliases are not accepted'],
  ['a tag', 'a: !!python/object:os.system x\n', 'document-feature: params:1:4: tags are not accepted'],
  ['a directive', '%YAML 1.1\n---\na: 1\n', 'document-feature: params:1:1: directives are not accepted'],
  ['a merge key', 'a:\n  <<: {b: 1}\n', 'document-feature: params:2:3: merge keys are not accepted'],
  ['two documents', 'a: 1\n---\nb: 2\n', 'document-feature: params:2:1: several documents are not accepted'],
  ['a key twice', 'lr: 1\nseed: 2\nlr: 3\n', "key-duplicate: params:3:1: key 'lr' appears twice"],
  ['a key twice in braces', 'a: {b: 1, "b": 2}\n', "key-duplicate: params:1:11: key 'b' appears twice"],
  ['1e400', 'lr: 1e400\n', 'number-not-exact: params:1:5: 1e400 cannot be kept exactly; quote it'],
  ['1e-400', 'lr: -1e-400\n', 'number-not-exact: params:1:5: -1e-400 cannot be kept exactly; quote it'],
  ['a byte order mark', '\ufeffa: 1\n', 'document-malformed: params:1:1: it starts with a byte order mark'],
  ['NUL', 'a: 1\nb: "\0"\n', 'document-malformed: params:2:5: it holds a NUL character'],
  ['git conflict markers', 'a: 1\n<<<<<<< HEAD\n', 'document-malformed: params:2:1: it holds a conflict marker of git'],
  ['a list as a key', '[a, b]: 1\n', 'document-malformed: params:1:1: a key must be text'],
])('YAML with %s is refused with its place', (_, text, refusal) => {
  expect(refusalOf(readStrictYaml, text)).toBe(refusal)
})

test.each([
  ['a tab as indent', 'a:\n\tb: 1\n'],
  ['a quote that never closes', 'a: "b\n'],
  ['a bracket that never closes', 'a: [1, 2\n'],
  ['a value after a value', 'a: "b" c\n'],
  ['a mapping where a value was', 'a: 1\n  b: 2\n'],
])('YAML with %s is refused with a line', (_, text) => {
  expect(refusalOf(readStrictYaml, text)).toMatch(/^document-malformed: params:\d+:\d+: /)
})

test.each([
  ['brackets', '['.repeat(20_000)],
  ['braces', '{a: '.repeat(20_000)],
  ['dashes on one line', '- '.repeat(20_000)],
  ['question marks', '? '.repeat(20_000)],
  ['indent', Array.from({ length: 300 }, (_, level) => `${' '.repeat(level)}a:`).join('\n')],
  ['dashes under dashes', Array.from({ length: 300 }, (_, level) => `${' '.repeat(level * 2)}-`).join('\n')],
  ['keys and dashes', Array.from({ length: 300 }, (_, level) => `${' '.repeat(level * 2)}- a:`).join('\n')],
])('YAML nested too deep by %s is refused before it can exhaust the stack', (_, text) => {
  expect(refusalOf(readStrictYaml, text)).toMatch(/^document-too-deep: params:\d+:\d+: nested deeper than 64$/)
})

test('YAML is read by the 1.2 core schema, integers exactly', () => {
  const text =
    'a: 12345678901234567890\nb: 1e-3\nc: yes\nd: 0o17\ne: .inf\nf: ~\n1: one\ntrue: t\n"<<": m\ng: 1_000\nh: 1.0\n'

  expect(readStrictYaml(text, 'params')).toEqual(
    new Map<string, Value>([
      ['a', 12345678901234567890n],
      ['b', 0.001],
      ['c', 'yes'],
      ['d', 15n],
      ['e', Infinity],
      ['f', null],
      ['1', 'one'],
      ['true', 't'],
      ['<<', 'm'],
      ['g', '1_000'],
      ['h', 1],
    ]),
  )
})

test('comments, Windows line ends, block text and brackets are fine', () => {
  const text = '# params\r\nlr: 0.1 # rate\r\nlayers: [1, {a: b}]\r\nnote: |\r\n  one\r\n  two\r\n'

  expect(jsonText(readStrictYaml(text, 'params'))).toBe('{"lr":0.1,"layers":[1,{"a":"b"}],"note":"one\\ntwo\\n"}')
})

test('an empty YAML document is null', () => {
  expect(readStrictYaml('# nothing\n', 'params')).toBeNull()
})

test.each([
  ['nothing', '', 'document-malformed: params:1:1: expected a value, found the end'],
  ['a comma at the end', '[1,]', "document-malformed: params:1:4: expected a value, found ']'"],
  ['a comma at the end of an object', '{"a":1,}', "document-malformed: params:1:8: expected a string, found '}'"],
  ['something after the end', '{}\n{}', "document-malformed: params:2:1: expected the end of the document, found '{'"],
  ['a comment', '{} // a', "document-malformed: params:1:4: expected the end of the document, found '/'"],
  ['bare NaN', '{"a":NaN}', "document-malformed: params:1:6: expected a value, found 'N'"],
  ['a leading zero', '[07]', "document-malformed: params:1:3: expected ',' or ']', found '7'"],
  [
    'a raw line feed in a string',
    '["a\nb"]',
    'document-malformed: params:1:2: this string has a raw control character or a bad escape',
  ],
  [
    'a bad escape',
    '["\\x"]',
    'document-malformed: params:1:2: this string has a raw control character or a bad escape',
  ],
  ['a string that never ends', '["a', 'document-malformed: params:1:2: this string never ends'],
  ['a key twice', '{"a":1,\n"\\u0061":2}', "key-duplicate: params:2:1: key 'a' appears twice"],
  ['1e400', '[1e400]', 'number-not-exact: params:1:2: 1e400 cannot be kept exactly; quote it'],
  ['20,000 brackets', '['.repeat(20_000), 'document-too-deep: params:1:65: nested deeper than 64'],
  ['20,000 braces', '{"a":'.repeat(20_000), 'document-too-deep: params:1:321: nested deeper than 64'],
])('JSON with %s is refused with its place', (_, text, refusal) => {
  expect(refusalOf(readStrictJson, text)).toBe(refusal)
})

test('JSON keeps every digit of an integer, and a key called __proto__ is only a key', () => {
  const value = readStrictJson(
    '{"__proto__":{"polluted":1},"seed":12345678901234567890,"lr":1.0,"zero":-0.0}',
    'params',
  )

  expect(value).toEqual(
    new Map<string, Value>([
      ['__proto__', new Map([['polluted', 1n]])],
      ['seed', 12345678901234567890n],
      ['lr', 1],
      ['zero', -0],
    ]),
  )
  expect(Reflect.has({}, 'polluted')).toBe(false)
})

test('law: strict JSON is what JSON.parse accepts, less duplicates and depth', () => {
  fc.assert(
    fc.property(
      anyMap,
      fc.nat(),
      fc.constantFrom('', ' ', ',', '"', '\\', '1', '-', '}', '[', 'e', '\n'),
      (map, at, insert) => {
        const text = jsonText(map)
        const mutated = text.slice(0, at % (text.length + 1)) + insert + text.slice((at % (text.length + 1)) + 1)
        const refusal = refusalOf(readStrictJson, mutated)
        if (/^(?:read|document-malformed)/.test(refusal)) expect(refusal.startsWith('read')).toBe(isJson(mutated))
      },
    ),
    { numRuns: 2000 },
  )
})

test.each([
  ['a key twice', 'a = 1\na = 2\n', /^document-malformed: params:2:\d+: /],
  ['a value that never ends', 'a = "b\n', /^document-malformed: params:1:\d+: /],
  ['1e400', 'a = 1\nb = 1e400\n', /^number-not-exact: params:2:5: 1e400 cannot be kept exactly; quote it$/],
  ['20,000 brackets', `a = ${'['.repeat(20_000)}`, /^document-(?:malformed|too-deep): params/],
  ['100 tables', `[${Array(100).fill('a').join('.')}]\nb = 1\n`, /^document-too-deep: params: nested deeper than 64$/],
])('TOML with %s is refused', (_, text, refusal) => {
  expect(refusalOf(readStrictToml, text)).toMatch(refusal)
})

test('TOML keeps integers, floats and dates apart', () => {
  const text =
    '__proto__ = 1\nseed = 9007199254740993\nlr = 1.0\nwhen = 2026-11-20\nmany = [inf, nan]\n[model]\nk = [64]\n'

  expect(readStrictToml(text, 'params')).toEqual(
    new Map<string, Value>([
      ['__proto__', 1n],
      ['seed', 9007199254740993n],
      ['lr', 1],
      ['when', '2026-11-20'],
      ['many', [Infinity, NaN]],
      ['model', new Map([['k', [64n]]])],
    ]),
  )
})

test('a TOML integer beyond 64 bits keeps every digit, which TOML allows and does not ask for', () => {
  expect(refusalOf(readStrictToml, 'seed = 12345678901234567890\n')).toBe('read: {"seed":12345678901234567890}')
})

test.each([
  ['YAML', readStrictYaml],
  ['JSON', readStrictJson],
  ['TOML', readStrictToml],
])('law: any text is read as %s or refused, and nothing else', (_, read) => {
  fc.assert(
    fc.property(
      fc.array(anyText).map((parts) => parts.join('')),
      (text) => void refusalOf(read, text),
    ),
    { numRuns: 1000 },
  )
})

test.each([
  ['YAML', readStrictYaml, 'a: "'],
  ['JSON', readStrictJson, '{"a":"'],
])('one line of 5 MB is read as %s in linear time', (_, read, start) => {
  const text = `${start}${'x'.repeat(5_000_000)}"${start.startsWith('{') ? '}' : ''}\n`

  expect(jsonText(read(text, 'params')).length).toBe(5_000_008)
})

test('a document that is not UTF-8 or larger than 64 MiB is refused', () => {
  const read =
    (bytes: Uint8Array): Reader =>
    () =>
      documentText(bytes, 'params')

  expect(refusalOf(read(Uint8Array.of(0x61, 0xff)), '')).toBe('document-malformed: params: it is not UTF-8 text')
  expect(refusalOf(read(new Uint8Array(64 * 1024 * 1024 + 1)), '')).toMatch(/^limit-exceeded: /)
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
