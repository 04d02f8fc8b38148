/**
 * What a run holds, looked at: `GET /api/run/:id/tensors`, `/table`, `/text`, `/evaluations`, `GET /api/tables` and
 * `GET /api/model/:name/version/:number/files`. Each reads a bounded part of a file and no more.
 */
import { compareRunTables } from '../../ops/read/compare-run-tables.ts'
import { openFileParts, readPart } from '../../ops/read/open-file-parts.ts'
import { readEvaluations } from '../../ops/read/read-evaluations.ts'
import { readRunTable } from '../../ops/read/read-run-table.ts'
import { readTensors } from '../../ops/read/read-tensors.ts'
import type { ShownTensor } from '../../ops/read/read-tensors.ts'
import { readVersionFiles } from '../../ops/read/read-version-files.ts'
import type { JsonHandler, Question } from '../context.ts'
import { badRequest } from '../refusal.ts'
import { TEXT_BYTES, textWindow } from './text-window.ts'
import { pairsAsked, rowsAsked, wireTables } from './wire-tables.ts'
import { wireFiles } from '../to-wire.ts'
import type {
  WireEvaluations,
  WireTable,
  WireTables,
  WireTensor,
  WireTensors,
  WireText,
  WireVersionFiles,
} from '../wire.ts'

const MOST_TENSORS = 20_000
const MOST_PLACE = Number.MAX_SAFE_INTEGER

/** The tensors of a file. */
export const tensorsHandler: JsonHandler = async ({ repository }, question): Promise<WireTensors> => {
  const { run, file, tensors, problem } = await readTensors(repository, runOf(question), required(question, 'path'))
  const all = tensors.map(wireTensor)
  return {
    run,
    path: file.path,
    sha256: file.sha256,
    total: all.length,
    parameters: all.reduce((sum, { parameters }) => sum + parameters, 0),
    sizeBytes: all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    tensors: all.slice(0, MOST_TENSORS),
    problem: problem ?? null,
  }
}

/** A window of a table. */
export const tableHandler: JsonHandler = async ({ repository, caches }, question): Promise<WireTable> => {
  const { query } = question
  const path = required(question, 'path')
  const { total, columns, ...window } = await readRunTable(repository, caches.tables, {
    revision: runOf(question),
    path,
    ...rowsAsked(query),
    sort: query.one('sort'),
    search: query.one('search'),
  })
  return {
    ...window,
    path,
    columns: columns.map(({ name, type }) => ({ name, type: type ?? null })),
    total: total ?? null,
  }
}

/** A table of two runs. */
export const tablesHandler: JsonHandler = async ({ repository, caches }, question): Promise<WireTables> => {
  const { query } = question
  const pairs = pairsAsked(query)
  const found = await compareRunTables(repository, caches.tables, {
    ...pairs,
    base: required(question, 'base'),
    head: required(question, 'head'),
    path: required(question, 'path'),
    headPath: query.one('headPath'),
  })
  return wireTables(found, pairs.from)
}

/** Part of a file as text. */
export const textHandler: JsonHandler = async ({ repository }, question): Promise<WireText> => {
  const path = required(question, 'path')
  const at = question.query.count('at', 0, MOST_PLACE)
  const parts = await openFileParts(repository, runOf(question), path)
  const { run, sizeBytes, isVerified } = parts
  const head = { run, path, sizeBytes, isVerified, at }
  const end = Math.min(sizeBytes, at + TEXT_BYTES)
  return { ...head, ...textWindow(at < end ? await readPart(parts, at, end) : new Uint8Array(), at, sizeBytes) }
}

/** Confusion matrices and curves. */
export const evaluationsHandler: JsonHandler = async ({ repository, caches }, question): Promise<WireEvaluations> => {
  const { run, evaluations, unread } = await readEvaluations(repository, caches.tables, runOf(question))
  return {
    run,
    unread,
    evaluations: evaluations.map((evaluation) =>
      evaluation.kind === 'confusion'
        ? { path: evaluation.path, kind: evaluation.kind, ...evaluation.matrix }
        : evaluation,
    ),
  }
}

/** The files of a model version. */
export const versionFilesHandler: JsonHandler = async ({ repository }, { parts }): Promise<WireVersionFiles> => {
  const [name = '', number = ''] = parts
  if (!/^[1-9]\d{0,9}$/.test(number)) throw badRequest('a version is named by its number')
  const { run, path, files } = await readVersionFiles(repository, `${name}@v${number}`)
  return { run, path, files: wireFiles(files) }
}

function runOf({ parts: [revision = ''] }: Question): string {
  return revision
}

function required({ query }: Question, key: string): string {
  const value = query.one(key)
  if (value === undefined) throw badRequest(`'${key}' is missing`)
  return value
}

/** Bits of the element types whose names do not end in them. */
const ODD_BITS: Readonly<Record<string, number>> = { BOOL: 8, BF16: 16, C64: 64, F4: 4 }

function wireTensor({ name, dtype, shape, sha256 }: ShownTensor): WireTensor {
  const parameters = shape.reduce((product, length) => product * length, 1)
  return {
    name,
    dtype,
    shape,
    parameters,
    sizeBytes: Math.ceil((parameters * bitsOf(dtype)) / 8),
    sha256: sha256 ?? null,
  }
}

function bitsOf(dtype: string): number {
  return ODD_BITS[dtype] ?? Number(/^[FIU](\d{1,2})/.exec(dtype)?.[1] ?? 8)
}
