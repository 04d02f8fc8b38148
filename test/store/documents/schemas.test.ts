/**
 * The published schemas: their examples are valid, what mlv writes is valid, and damage is found.
 */
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { present } from '../../../src/base/assert.ts'
import { isValueList, isValueMap } from '../../../src/base/value.ts'
import type { Value } from '../../../src/base/value.ts'
import { encodeAlias } from '../../../src/store/documents/alias-manifest.ts'
import { encodeEnvironment } from '../../../src/store/documents/environment-manifest.ts'
import { encodeFiles, encodeTensors } from '../../../src/store/documents/files-manifest.ts'
import { encodeModel } from '../../../src/store/documents/model-manifest.ts'
import { encodeNotes } from '../../../src/store/documents/notes-manifest.ts'
import { encodeReceipt } from '../../../src/store/documents/receipt-manifest.ts'
import { encodeRun } from '../../../src/store/documents/run-manifest.ts'
import { SCHEMA_NAMES, schemaProblems } from '../../../src/store/documents/schemas.ts'
import type { SchemaName } from '../../../src/store/documents/schemas.ts'
import { encodeSeries } from '../../../src/store/documents/series-document.ts'
import { encodeState } from '../../../src/store/documents/state-manifest.ts'
import { readStrictJson } from '../../../src/store/documents/strict-json.ts'
import { readStrictYaml } from '../../../src/store/documents/strict-yaml.ts'
import { encodeVersion } from '../../../src/store/documents/version-manifest.ts'
import { encodeView } from '../../../src/store/documents/view-manifest.ts'
import * as any from '../../support/document-arbitraries.ts'
import { exampleRun } from '../../support/example-records.ts'

const FOLDER = new URL('../../../schemas/', import.meta.url)

function memberOf(value: Value, key: string): Value {
  if (!isValueMap(value)) throw new Error(`expected a mapping with '${key}'`)
  return present(value.get(key), `'${key}'`)
}

function read(bytes: Uint8Array): Value {
  return readStrictYaml(new TextDecoder().decode(bytes), 'file')
}

test('every schema in the folder is compiled, but for shared definitions and those of output', () => {
  const names = readdirSync(FOLDER).map((file) => file.replace('.schema.json', ''))

  expect(names.filter((name) => name !== 'common' && !name.startsWith('cli-')).sort()).toEqual(SCHEMA_NAMES)
})

test.each(SCHEMA_NAMES)('%s: every example is valid, and nothing else passes for one', (name) => {
  const schema = readStrictJson(readFileSync(new URL(`${name}.schema.json`, FOLDER), 'utf8'), name)
  const examples = memberOf(schema, 'examples')
  if (!isValueList(examples)) throw new Error('expected a list of examples')

  expect(memberOf(schema, '$id')).toBe(`${name}.schema.json`)
  expect(examples.length).toBeGreaterThan(0)
  for (const example of examples) expect(schemaProblems(name, example)).toEqual([])
  expect(schemaProblems(name, 'text')).not.toEqual([])
})

describe('law: what mlv writes is valid', () => {
  function checkWriter<Record>(
    name: SchemaName,
    values: fc.Arbitrary<Record>,
    encode: (record: Record) => Uint8Array,
  ): void {
    test(name, () => {
      fc.assert(
        fc.property(values, (record) => {
          expect(schemaProblems(name, read(encode(record)))).toEqual([])
        }),
      )
    })
  }

  checkWriter('run', any.anyRun, encodeRun)
  checkWriter('version', any.anyVersion, encodeVersion)
  checkWriter('files', any.anyFiles, encodeFiles)
  checkWriter('tensors', any.anyFiles, (files) => encodeTensors(files) ?? new TextEncoder().encode('{}'))
  checkWriter('environment', any.anyEnvironment, encodeEnvironment)
  checkWriter('alias', any.anyAlias, encodeAlias)
  checkWriter('model', any.anyModel, encodeModel)
  checkWriter('view', any.anyView, encodeView)
  checkWriter('receipt', any.anyReceipt, encodeReceipt)
  checkWriter('series', any.anySeries, (series) => encodeSeries(series).bytes)
  checkWriter(
    'state',
    any.anyState.map((state) => ({ ...state, tags: [...new Set(state.tags)] })),
    encodeState,
  )
  checkWriter(
    'notes',
    any.anyNotes.map((notes) => ({ ...notes, tags: [...new Set(notes.tags)] })),
    encodeNotes,
  )
})

test('a problem is told with its place', () => {
  const text = new TextDecoder().decode(encodeRun(exampleRun))
  const problemsWith = (from: string, to: string): readonly string[] =>
    schemaProblems('run', readStrictYaml(text.replace(from, to), 'run.yaml'))

  expect(problemsWith('sizeBytes: 1048786', 'sizeBytes: -1')).toEqual(['/files/sizeBytes: must be >= 0'])
  expect(problemsWith('status: finished', 'status: paused')[0]).toMatch(/^\/status: /)
  expect(problemsWith('goal: min', 'gaol: min')).toEqual(['/metrics/latency: must NOT have additional properties'])
  expect(problemsWith('status: finished', 'later: field\nstatus: finished')).toEqual([])
})
