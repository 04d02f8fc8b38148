/**
 * Manifests as this release writes them, kept as files. They are never edited: a change here is a change of the format.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { readCanonicalYaml } from '../../../src/base/canonical-yaml-read.ts'
import { jsonText } from '../../../src/base/json-text.ts'
import { isValueList, isValueMap } from '../../../src/base/value.ts'
import type { Value } from '../../../src/base/value.ts'
import type { BranchSettings } from '../../../src/domain/branch.ts'
import { parseRefName } from '../../../src/domain/ref-name.ts'
import { decodeAlias, encodeAlias } from '../../../src/store/documents/alias-manifest.ts'
import { decodeEnvironment, encodeEnvironment } from '../../../src/store/documents/environment-manifest.ts'
import { decodeFiles, encodeFiles, encodeTensors } from '../../../src/store/documents/files-manifest.ts'
import { decodeModel, encodeModel } from '../../../src/store/documents/model-manifest.ts'
import { decodeNotes, encodeNotes } from '../../../src/store/documents/notes-manifest.ts'
import { decodeReceipt, encodeReceipt } from '../../../src/store/documents/receipt-manifest.ts'
import { decodeRun, encodeRun } from '../../../src/store/documents/run-manifest.ts'
import { decodeSeries, encodeSeries } from '../../../src/store/documents/series-document.ts'
import { decodeSettings, encodeSettings } from '../../../src/store/documents/settings-manifest.ts'
import { decodeState, encodeState } from '../../../src/store/documents/state-manifest.ts'
import { decodeVersion, encodeVersion } from '../../../src/store/documents/version-manifest.ts'
import { decodeView, encodeView } from '../../../src/store/documents/view-manifest.ts'
import * as example from '../../support/example-records.ts'

const FOLDER = new URL('../../golden/manifests/', import.meta.url)
const BRANCH = parseRefName('refs/heads/mlv')
const SETTINGS = {
  format: 1,
  layout: 'single',
  areas: { registry: BRANCH, records: BRANCH },
  store: 'lfs',
  stores: [],
  mirrors: [],
} as const
const STORED: BranchSettings = {
  ...SETTINGS,
  store: 's3',
  stores: [
    { kind: 's3', bucket: 'team-models', prefix: 'churn', endpoint: 'https://s3.example:9000', region: 'eu-central-1' },
  ],
  mirrors: [
    { kind: 'dir', folder: '/mnt/team/models' },
    { kind: 's3', bucket: 'team-models', prefix: '' },
  ],
}

function golden(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, FOLDER)))
}

test('every golden manifest is read as the record it was written from', () => {
  const { model, name } = example.exampleAlias

  expect(decodeRun(golden('run.yaml'), 'run.yaml')).toEqual(example.exampleRun)
  expect(decodeRun(golden('run-captured.yaml'), 'run.yaml')).toEqual(example.exampleCapturedRun)
  expect(decodeVersion(golden('version.yaml'), 'version.yaml')).toEqual(example.exampleVersion)
  expect(decodeFiles(golden('files.yaml'), 'files.yaml', golden('tensors.json'))).toEqual(example.exampleFiles)
  expect(decodeFiles(golden('files-packed.yaml'), 'files.yaml')).toEqual(example.examplePackedFiles)
  expect(decodeEnvironment(golden('environment.yaml'), 'environment.yaml')).toEqual(example.exampleEnvironment)
  expect(decodeRun(golden('run-exact.yaml'), 'run.yaml')).toEqual(example.exampleExactRun)
  expect(decodeEnvironment(golden('environment-container.yaml'), 'environment.yaml')).toEqual(
    example.exampleContainerEnvironment,
  )
  expect(decodeNotes(golden('notes.yaml'), 'notes.yaml')).toEqual(example.exampleNotes)
  expect(decodeState(golden('state.yaml'), 'state.yaml')).toEqual(example.exampleState)
  expect(decodeAlias(golden('alias.yaml'), 'alias.yaml', model, name)).toEqual(example.exampleAlias)
  expect(decodeModel(golden('model.yaml'), 'model.yaml')).toEqual(example.exampleModel)
  expect(decodeReceipt(golden('receipt.yaml'), 'receipt.yaml')).toEqual(example.exampleReceipt)
  expect(decodeView(golden('view.yaml'), 'view.yaml')).toEqual(example.exampleView)
  expect(decodeSeries(golden('series.json'), 'series.json')).toEqual(example.exampleSeries)
  expect(decodeSettings(golden('mlv.json'), 'mlv.json')).toEqual(SETTINGS)
  expect(decodeSettings(golden('mlv-stores.json'), 'mlv.json')).toEqual(STORED)
})

test.each<readonly [string, Uint8Array | undefined]>([
  ['run.yaml', encodeRun(example.exampleRun)],
  ['run-captured.yaml', encodeRun(example.exampleCapturedRun)],
  ['version.yaml', encodeVersion(example.exampleVersion)],
  ['files.yaml', encodeFiles(example.exampleFiles)],
  ['files-packed.yaml', encodeFiles(example.examplePackedFiles)],
  ['tensors.json', encodeTensors(example.exampleFiles)],
  ['environment.yaml', encodeEnvironment(example.exampleEnvironment)],
  ['environment-container.yaml', encodeEnvironment(example.exampleContainerEnvironment)],
  ['run-exact.yaml', encodeRun(example.exampleExactRun)],
  ['notes.yaml', encodeNotes(example.exampleNotes)],
  ['state.yaml', encodeState(example.exampleState)],
  ['alias.yaml', encodeAlias(example.exampleAlias)],
  ['model.yaml', encodeModel(example.exampleModel)],
  ['receipt.yaml', encodeReceipt(example.exampleReceipt)],
  ['view.yaml', encodeView(example.exampleView)],
  ['series.json', encodeSeries(example.exampleSeries).bytes],
  ['mlv.json', encodeSettings(SETTINGS)],
  ['mlv-stores.json', encodeSettings(STORED)],
])('%s is still written byte for byte', (name, bytes) => {
  expect(new TextDecoder().decode(bytes)).toBe(new TextDecoder().decode(golden(name)))
})

// Prints every value with its type, because that is what YAML 1.1 and 1.2 disagree on.
const PYTHON = `
import json, sys, yaml
def typed(value):
    if isinstance(value, dict): return {str(key): typed(value[key]) for key in value}
    if isinstance(value, list): return [typed(item) for item in value]
    return [type(value).__name__, repr(float(value)) if isinstance(value, float) else str(value)]
print(json.dumps([typed(yaml.safe_load(open(path, encoding="utf-8"))) for path in sys.argv[1:]]))
`
const hasPyYaml = spawnSync('python3', ['-c', 'import yaml']).status === 0
if (!hasPyYaml) test.skip('PyYAML reads the same types and values (skipped: python3 with PyYAML is not installed)')

test.runIf(hasPyYaml)('PyYAML, a YAML 1.1 reader, finds the same types and values', () => {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))
  const paths = names.map((name) => fileURLToPath(new URL(name, FOLDER)))
  const { stdout } = spawnSync('python3', ['-c', PYTHON, ...paths], { encoding: 'utf8' })
  const parsed: unknown = JSON.parse(stdout)

  expect(names.length).toBeGreaterThan(8)
  expect(parsed).toEqual(names.map((name) => typed(readCanonicalYaml(new TextDecoder().decode(golden(name))) ?? null)))
})

/** The same as the Python program prints. */
function typed(value: Value): unknown {
  if (isValueMap(value)) return Object.fromEntries([...value].map(([key, member]) => [key, typed(member)]))
  if (isValueList(value)) return value.map(typed)
  if (value === null) return ['NoneType', 'None']
  if (typeof value === 'boolean') return ['bool', value ? 'True' : 'False']
  if (typeof value === 'bigint') return ['int', value.toString()]
  return typeof value === 'number' ? ['float', pythonFloat(value)] : ['str', value]
}

/** Python writes an exponent of two digits, and its own words for what is not finite. */
function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  return jsonText(value).replace(/e([+-])(\d)$/, 'e$10$2')
}
