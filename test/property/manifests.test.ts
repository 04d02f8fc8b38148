/**
 * The law of manifests: the same record is always the same bytes, whoever writes it and however often it is read back.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseAliasName, parseModelName } from '../../src/domain/name.ts'
import { decodeAlias, encodeAlias } from '../../src/store/documents/alias-manifest.ts'
import { decodeEnvironment, encodeEnvironment } from '../../src/store/documents/environment-manifest.ts'
import { decodeFiles, encodeFiles, encodeTensors } from '../../src/store/documents/files-manifest.ts'
import { decodeModel, encodeModel } from '../../src/store/documents/model-manifest.ts'
import { decodeNotes, encodeNotes } from '../../src/store/documents/notes-manifest.ts'
import { decodeReceipt, encodeReceipt } from '../../src/store/documents/receipt-manifest.ts'
import { decodeRun, encodeRun } from '../../src/store/documents/run-manifest.ts'
import { decodeState, encodeState } from '../../src/store/documents/state-manifest.ts'
import { decodeVersion, encodeVersion } from '../../src/store/documents/version-manifest.ts'
import { decodeView, encodeView } from '../../src/store/documents/view-manifest.ts'
import * as any from '../support/document-arbitraries.ts'

const MODEL = parseModelName('churn')
const PRODUCTION = parseAliasName('production')
const anyAlias = any.anyAlias.map((alias) => ({ ...alias, model: MODEL, name: PRODUCTION }))

/** Checks both directions of a codec on values of its kind. */
function checkCodec<Record>(
  values: fc.Arbitrary<Record>,
  codec: {
    readonly encode: (record: Record) => Uint8Array
    readonly decode: (bytes: Uint8Array, file: string) => Record
  },
): void {
  fc.assert(
    fc.property(values, (record) => {
      const bytes = codec.encode(record)
      const decoded = codec.decode(bytes, 'file')
      expect(decoded).toStrictEqual(record)
      expect(codec.encode(decoded)).toEqual(bytes)
    }),
  )
}

test('law: every record reads back as it was written, and writing it again changes no byte', () => {
  checkCodec(any.anyRun, { encode: encodeRun, decode: decodeRun })
  checkCodec(any.anyVersion, { encode: encodeVersion, decode: decodeVersion })
  checkCodec(any.anyState, { encode: encodeState, decode: decodeState })
  checkCodec(any.anyNotes, { encode: encodeNotes, decode: decodeNotes })
  checkCodec(anyAlias, { encode: encodeAlias, decode: (bytes, file) => decodeAlias(bytes, file, MODEL, PRODUCTION) })
  checkCodec(any.anyModel, { encode: encodeModel, decode: decodeModel })
  checkCodec(any.anyView, { encode: encodeView, decode: decodeView })
  checkCodec(any.anyReceipt, { encode: encodeReceipt, decode: decodeReceipt })
  checkCodec(any.anyEnvironment, { encode: encodeEnvironment, decode: decodeEnvironment })
})

test('law: files and their tensors read back from the two documents that hold them', () => {
  fc.assert(
    fc.property(any.anyFiles, (files) => {
      expect(decodeFiles(encodeFiles([...files].reverse()), 'files.yaml', encodeTensors(files))).toStrictEqual(files)
    }),
  )
})

test('law: the order in which facts were gathered leaves no trace in the bytes', () => {
  fc.assert(
    fc.property(any.anyRun, (run) => {
      const shuffled = {
        ...run,
        parameters: new Map([...run.parameters].reverse()),
        metrics: new Map([...run.metrics].reverse()),
      }
      expect(encodeRun(shuffled)).toEqual(encodeRun(run))
    }),
  )
})
