/**
 * The codecs of all manifests: how records look, what a rewrite keeps, and what is refused. That every record reads
 * back as it was written is a law of its own: test/property/manifests.test.ts.
 */
import { expect, test } from 'vitest'
import { valueMap } from '../../../src/base/value.ts'
import { writeCanonicalYaml } from '../../../src/base/canonical-yaml.ts'
import { Failure } from '../../../src/domain/failure.ts'
import { parseRefName } from '../../../src/domain/ref-name.ts'
import { parseAliasName, parseModelName } from '../../../src/domain/name.ts'
import { decodeAlias, encodeAlias, rewriteAlias } from '../../../src/store/documents/alias-manifest.ts'
import { decodeFiles, encodeFiles, encodeTensors } from '../../../src/store/documents/files-manifest.ts'
import { rewriteModel } from '../../../src/store/documents/model-manifest.ts'
import { decodeNotes, encodeNotes, rewriteNotes } from '../../../src/store/documents/notes-manifest.ts'
import { decodeRun, encodeRun } from '../../../src/store/documents/run-manifest.ts'
import { decodeSettings, encodeSettings } from '../../../src/store/documents/settings-manifest.ts'
import { decodeState, rewriteState } from '../../../src/store/documents/state-manifest.ts'
import { decodeVersion, encodeVersion } from '../../../src/store/documents/version-manifest.ts'
import {
  exampleAlias,
  exampleFiles,
  examplePackedFiles,
  exampleRun,
  exampleVersion,
} from '../../support/example-records.ts'

const MODEL = parseModelName('churn')
const PRODUCTION = parseAliasName('production')
test('a run is written for people: what follows from other fields is left out', () => {
  expect(textOf(encodeRun(exampleRun))).toMatchInlineSnapshot(`
    "code:
      branch: main
      commit: "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
      kind: commit
      omitted:
        - "out.bin is larger than 50 MB"
      snapshot: "8ab686eafeb1f44702738c8b0f24f2567c36da6d"
      tree: "8ab686eafeb1f44702738c8b0f24f2567c36da6d"
    command:
      - python
      - train.py
      - "--epochs"
      - "20"
    datasets:
      - columns:
          - age
          - plan
          - churned
        pin:
          kind: sha256
          sha256: "116f54c41d0405dbb10e7b04ebc31e262a5b8c85c1233fcf36eaee344d91ae58"
        rows: 120000
        sizeBytes: 8812345
        uri: data/train.csv
      - uri: "s3://bucket/holdout"
    endedAt: "2026-11-20T09:42:34.321Z"
    environment: ba5285161ba6eed0085fb13784ce5c92f70ebc268b94fd66aa1d68a32884204d
    experiment: churn/baseline
    files:
      count: 2
      sizeBytes: 1048786
    format: 1
    id: "01m0q2v7c0k7fz6r8w4t1x9y2b"
    kind: run
    message: "wider head, same data"
    metrics:
      latency:
        goal: min
        last: 12.0
        unit: ms
      train/loss:
        count: 1000
        last: .nan
        max: .inf
        min: 1.0e-7
      val/auc:
        best: 0.9342
        bestStep: 17
        count: 20
        goal: max
        last: 0.931
        max: 0.9342
        min: 0.71
        tolerance: 0.001
    parameters:
      model.dropout: 1.0
      model.layers:
        - 64
        - 32
      norway: "no"
      optimizer.lr: 1.0e-7
      optimizer.name: adamw
      optimizer.nesterov: false
      schedule: null
      seed: 12345678901234567890
      since: "2026-11-20"
      version: "1.10"
    startedAt: "2026-11-20T09:30:00.000Z"
    status: finished
    "
  `)
})

test('tensors stand one a line, so that a diff names the layers that changed', () => {
  expect(textOf(encodeTensors(exampleFiles))).toMatchInlineSnapshot(`
    "{
    "model/weights.safetensors":[
    {"dtype":"F32","name":"head.bias","sha256":"fa4824e83746480e1029c47ad659fdc3854195c0fa76c9209807cef32e29243e","shape":[10]},
    {"dtype":"F32","name":"head.weight","sha256":"0844df8fee9eeadaa344bc7e1a7ae769602eba35e773c2093c8fb9c3e5ead14e","shape":[10,128]}
    ]
    }
    "
  `)
})

test('the settings of the branch are pretty JSON', () => {
  const ref = parseRefName('refs/heads/mlv')
  const settings = {
    format: 1,
    layout: 'single',
    areas: { registry: ref, records: ref },
    store: 'lfs',
    stores: [],
    mirrors: [],
  } as const
  const bytes = encodeSettings(settings)

  expect(decodeSettings(bytes, 'mlv.json')).toEqual(settings)
  expect(textOf(bytes)).toMatchInlineSnapshot(`
    "{
      "areas": {
        "records": "refs/heads/mlv",
        "registry": "refs/heads/mlv"
      },
      "format": 1,
      "layout": "single",
      "store": "lfs"
    }
    "
  `)
})

test('fields of a later mlv survive a rewrite, and a field that was cleared does not come back', () => {
  const later = valueMap({
    format: 1n,
    kind: 'notes',
    archived: false,
    tags: ['old'],
    note: 'gone',
    rating: valueMap({ stars: 5n }),
  })
  const rewritten = rewriteNotes(bytesOf(writeCanonicalYaml(later)), { tags: ['new'], archived: true })

  expect(textOf(rewritten)).toMatchInlineSnapshot(`
    "archived: true
    format: 1
    kind: notes
    rating:
      stars: 5
    tags:
      - new
    "
  `)
})

test('a newer format is neither read nor rewritten', () => {
  const newer = bytesOf('approvals: 2\nformat: 2\nkind: state\n')

  expect(refusalOf(() => decodeState(newer, 'state.yaml'))).toBe("'state.yaml' has format 2, this mlv reads up to 1")
  for (const rewrite of [
    () => rewriteState(newer, { runs: [], tags: [] }),
    () => rewriteNotes(newer, { tags: [], archived: false }),
    () => rewriteModel(newer, { name: MODEL, owners: [], metrics: new Map() }),
    () => rewriteAlias(newer, exampleAlias),
  ]) {
    expect(refusalOf(rewrite)).toContain('has format 2, this mlv reads up to 1')
  }
})

test.each([
  ['kind: notes', 'kind: files', 'notes.yaml: kind: expected notes'],
  ['format: 1', 'format: 0', 'notes.yaml: format: there is no such format'],
  ['format: 1', 'format: one', 'notes.yaml: format: expected an integer within ±2^53'],
  ['archived: false', 'archived: 0', 'notes.yaml: archived: expected true or false'],
  ['  - baseline', '  - 7', 'notes.yaml: tags[0]: expected text'],
  ['tags:\n  - baseline\n', '', 'notes.yaml: tags: this field is missing'],
])("notes with %j replaced by %j are refused: '%s'", (from, to, message) => {
  const text = textOf(encodeNotes({ tags: ['baseline'], archived: false })).replace(from, to)

  expect(refusalOf(() => decodeNotes(bytesOf(text), 'notes.yaml'))).toBe(message)
})

test('a refusal names the path of the value inside the document', () => {
  const text = textOf(encodeRun(exampleRun)).replace('last: 0.931', 'last: high')

  expect(refusalOf(() => decodeRun(bytesOf(text), 'run.yaml'))).toBe(
    'run.yaml: metrics.val/auc.last: expected a number',
  )
})

test('a key that only a document can hold is refused with its place, not as something that was typed', () => {
  const text = textOf(encodeRun(exampleRun)).replace('val/auc:', '"val\\u202eauc":')

  expect(refusalOf(() => decodeRun(bytesOf(text), 'run.yaml'))).toContain('run.yaml: metrics.val\\u202eauc: ')
})

test('a list of files that names a path twice is refused', () => {
  const [first] = exampleFiles
  const bytes = encodeFiles(first === undefined ? [] : [first, first])

  expect(refusalOf(() => decodeFiles(bytes, 'files.yaml'))).toMatchInlineSnapshot(
    `"files.yaml: files: 'model/config.json' is not after 'model/config.json'"`,
  )
})

const PACK = 'e2a0ce2b3c4d8e1b33b5b8d0ce3b7b6b4b7f2f4d6d1b9d1c2a3f4e5d6c7b8a90'

test.each([
  ['before its beginning', 'offset: 9216', 'offset: -1'],
  ['beyond its end', 'offset: 9216', 'offset: 11289'],
  ['beyond every end', 'offset: 9216', 'offset: 9007199254740991'],
  ['on the bytes of another', 'offset: 9216', 'offset: 8703'],
  ['at no place', '  - offset: 9216\n    pack:', '  - pack:'],
  ['at a place that is no number', 'offset: 9216', 'offset: here'],
  ['with more bytes than there are', 'sizeBytes: 1000', 'sizeBytes: 9007199254740991'],
  ['with another pack than those listed', /pack: .*/, `pack: "${PACK}"`],
  ['in a list without packs', /packs:\n(?: .*\n)*/, ''],
  ['in a pack that is listed twice', /(packs:\n)((?: .*\n)*)/, '$1$2$2'],
])('a packed file %s is refused', (_, found, hostile) => {
  const good = textOf(encodeFiles(examplePackedFiles))
  const text = good.replace(found, hostile)
  expect(text).not.toBe(good)
  expect(refusalOf(() => decodeFiles(bytesOf(text), 'files.yaml'))).toMatch(/^files\.yaml: /)
})

test('a packed file that no reader should take into memory is refused', () => {
  const files = examplePackedFiles.slice(0, 1).map((file) => ({ ...file, sizeBytes: 1e11 }))
  const text = textOf(encodeFiles(files)).replace('sizeBytes: 12288', 'sizeBytes: 1000000000000')
  expect(refusalOf(() => decodeFiles(bytesOf(text), 'files.yaml'))).toContain('is too long for a pack')
})

test('a list with packs has a format of its own, so that an mlv that knows none refuses it', () => {
  expect(textOf(encodeFiles(examplePackedFiles))).toContain('\nformat: 2\n')
  expect(textOf(encodeFiles(exampleFiles))).toContain('\nformat: 1\n')
  const newer = textOf(encodeFiles(examplePackedFiles)).replace('format: 2', 'format: 3')
  expect(refusalOf(() => decodeFiles(bytesOf(newer), 'files.yaml'))).toContain('3')
})

test('keys of built-in objects are keys like any other', () => {
  const map = new Map(['__proto__', 'constructor', 'hasOwnProperty', 'toString'].map((key) => [key, 1n] as const))
  const run = { ...exampleRun, parameters: map as unknown as typeof exampleRun.parameters }

  expect(decodeRun(encodeRun(run), 'run.yaml').parameters).toEqual(map)
  expect(Reflect.has({}, 'polluted')).toBe(false)
})

const DOCUMENTS = [
  { name: 'run.yaml', bytes: encodeRun(exampleRun), decode: decodeRun },
  { name: 'version.yaml', bytes: encodeVersion(exampleVersion), decode: decodeVersion },
  { name: 'files.yaml', bytes: encodeFiles(exampleFiles), decode: decodeFiles },
  { name: 'files.yaml with packs', bytes: encodeFiles(examplePackedFiles), decode: decodeFiles },
  {
    name: 'production.yaml',
    bytes: encodeAlias(exampleAlias),
    decode: (bytes: Uint8Array, file: string) => decodeAlias(bytes, file, MODEL, PRODUCTION),
  },
]

test.each(DOCUMENTS)('$name cut off at any byte is refused', ({ name, bytes, decode }) => {
  for (let length = 0; length < bytes.length; length += 1) {
    expect(
      outcomeOf(() => decode(bytes.slice(0, length), name)),
      `cut to ${length} bytes`,
    ).toBe('refused')
  }
})

test.each(DOCUMENTS)('$name with a bit flipped in any byte is read or refused, and nothing else', (document) => {
  for (const [index, byte] of document.bytes.entries()) {
    const bit = index % 8
    const flipped = Uint8Array.from(document.bytes)
    flipped[index] = byte ^ (1 << bit)
    const outcome = outcomeOf(() => document.decode(flipped, document.name))
    expect(outcome, `bit ${bit} of byte ${index} flipped`).toMatch(/^(?:read|refused)$/)
  }
})

function textOf(bytes: Uint8Array | undefined): string {
  return new TextDecoder().decode(bytes)
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function refusalOf(action: () => unknown): string {
  try {
    action()
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
  return 'nothing was refused'
}

function outcomeOf(action: () => unknown): string {
  try {
    action()
    return 'read'
  } catch (error) {
    return error instanceof Failure ? 'refused' : `crashed: ${String(error)}`
  }
}
