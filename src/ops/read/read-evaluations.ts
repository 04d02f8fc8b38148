/**
 * The evaluations among the files of a run: confusion matrices and curves, told by their columns.
 */
import { isValueList, isValueMap } from '../../base/value.ts'
import type { Value } from '../../base/value.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { confusionMatrix, matrixOf } from '../../domain/evaluation/confusion-matrix.ts'
import type { ConfusionMatrix } from '../../domain/evaluation/confusion-matrix.ts'
import { curvesOf } from '../../domain/evaluation/curve.ts'
import type { Curve } from '../../domain/evaluation/curve.ts'
import { evaluationShape } from '../../domain/evaluation/evaluation-table.ts'
import type { CurveKind } from '../../domain/evaluation/evaluation-table.ts'
import { Failure } from '../../domain/failure.ts'
import type { TextTable } from '../../domain/table-window.ts'
import { readRunFiles } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import { openRowMap } from '../../store/data/row-map.ts'
import {
  columnsOfRows,
  jsonDocument,
  rowFormatOf,
  tableFormatOf,
  tableOfDocument,
} from '../../store/data/table-text.ts'
import type { Repository } from '../repository/repository.ts'
import { resolveRun } from '../revisions/resolve-revision.ts'
import { filePartsOf, readPart } from './open-file-parts.ts'
import type { FileParts } from './open-file-parts.ts'
import { LIMIT_WHOLE_BYTES, LIMIT_WHOLE_ROWS, readWholeTable } from './read-run-table.ts'
import type { TableCache } from './table-cache.ts'

/** One evaluation: a file, and what is in it. */
export type Evaluation = { readonly path: string } & (
  | { readonly kind: 'confusion'; readonly matrix: ConfusionMatrix }
  | { readonly kind: CurveKind; readonly curves: readonly Curve[] }
)

/** The evaluations of a run. */
export interface Evaluations {
  readonly run: string
  /** By path. */
  readonly evaluations: readonly Evaluation[]
  /** How many files could be evaluations and were not looked at. */
  readonly unread: number
}

/** Of one run; each is looked into, so there is a bound. */
const MOST_FILES = 64
const MOST_BYTES = 64 * 1024 * 1024
const HEAD_BYTES = 64 * 1024
const HEAD_ROWS = 8

/** Files whose names say what they are come first, when there are more than are looked at. */
const TELLING = /roc|prc?\b|precision|confusion|calibration|eval|plots|tables\//i

/** Finds the evaluations of a run. A file that cannot be had or read is none. @throws what `resolveRun` refuses */
export async function readEvaluations(
  repository: Repository,
  cache: TableCache,
  revision: string,
): Promise<Evaluations> {
  const snapshot = await openSnapshot(repository.context.engine)
  const run = (await resolveRun(snapshot, revision)).id
  const files = (await readRunFiles(snapshot, run)).filter(isCandidate)
  const sorted = files.toSorted((left, right) => Number(TELLING.test(right.path)) - Number(TELLING.test(left.path)))
  const looked = withinBudget(sorted.slice(0, MOST_FILES))
  const found: Evaluation[] = []
  for (const file of looked) {
    try {
      const evaluation = await evaluationOf(await filePartsOf(repository, snapshot, run, file), cache)
      if (evaluation !== undefined) found.push({ path: file.path, ...evaluation })
    } catch (caught) {
      if (!(caught instanceof Failure)) throw caught
    }
  }
  found.sort((left, right) => (left.path < right.path ? -1 : 1))
  return { run, evaluations: found, unread: files.length - looked.length }
}

/** As many of the first files as are read at most. */
function withinBudget(files: readonly ArtifactFile[]): readonly ArtifactFile[] {
  let left = MOST_BYTES
  return files.filter(({ sizeBytes }) => (left -= sizeBytes) >= 0)
}

function isCandidate({ path, sizeBytes }: ArtifactFile): boolean {
  return tableFormatOf(path) !== undefined && sizeBytes <= LIMIT_WHOLE_BYTES && !/(?:^|\/)media[^/]*\.json$/.test(path)
}

type Content =
  | { readonly kind: 'confusion'; readonly matrix: ConfusionMatrix }
  | { readonly kind: CurveKind; readonly curves: readonly Curve[] }

async function evaluationOf(parts: FileParts, cache: TableCache): Promise<Content | undefined> {
  if (tableFormatOf(parts.file.path) === 'json') return evaluationOfDocument(parts)
  if (!(await mayBeOne(parts))) return undefined
  return evaluationOfTable(await readWholeTable(parts, cache))
}

function evaluationOfTable(table: TextTable | undefined): Content | undefined {
  if (table === undefined) return undefined
  const rows = { columns: table.columns.map(({ name }) => name), rows: table.rows }
  const shape = evaluationShape(rows)
  if (shape === undefined) return undefined
  if (shape.kind === 'confusion' || shape.kind === 'matrix') {
    const matrix = confusionMatrix(rows, shape)
    return matrix === undefined ? undefined : { kind: 'confusion', matrix }
  }
  const curves = curvesOf(rows, shape)
  return curves.length === 0 ? undefined : { kind: shape.kind, curves }
}

/** Looks at the head of a table before all of it is read. */
async function mayBeOne(parts: FileParts): Promise<boolean> {
  const format = tableFormatOf(parts.file.path)
  if (format === undefined || parts.sizeBytes <= HEAD_BYTES) return true
  const map = openRowMap(rowFormatOf(format))
  await map.extend(parts, HEAD_ROWS, HEAD_BYTES)
  const columns = columnsOfRows(format, await map.rows(parts, 0, HEAD_ROWS)).map(({ name }) => name)
  return evaluationShape({ columns, rows: [] }) !== undefined
}

/** A document that is a table, or a matrix as a list of lists, alone or as a member beside its labels. */
async function evaluationOfDocument(parts: FileParts): Promise<Content | undefined> {
  const text = Buffer.from(await readPart(parts, 0, parts.sizeBytes)).toString('utf8')
  const document = jsonDocument(text, parts.file.path)
  if (document === undefined) return undefined
  const table = tableOfDocument(document, LIMIT_WHOLE_ROWS)
  if (table !== undefined) return evaluationOfTable(table)
  const members = isValueMap(document) ? document : undefined
  const rows = numbersOf(members?.get('matrix') ?? members?.get('confusion_matrix') ?? document)
  const labels = labelsOf(members?.get('labels') ?? members?.get('classes') ?? null)
  const matrix = rows === undefined ? undefined : matrixOf(rows, labels)
  return matrix === undefined ? undefined : { kind: 'confusion', matrix }
}

function numbersOf(value: Value): readonly (readonly number[])[] | undefined {
  if (!isValueList(value) || !value.every(isValueList)) return undefined
  const rows = value.map((row) =>
    row.map((cell) => (typeof cell === 'number' || typeof cell === 'bigint' ? Number(cell) : NaN)),
  )
  return rows.some((row) => row.some(Number.isNaN)) ? undefined : rows
}

function labelsOf(value: Value): readonly string[] | undefined {
  if (!isValueList(value)) return undefined
  return value.flatMap((label) => (typeof label === 'object' ? [] : [String(label)]))
}
