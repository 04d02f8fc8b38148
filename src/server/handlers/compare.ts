/**
 * `GET /api/compare` and `GET /api/diff`: runs side by side, and their code.
 */
import { readComparedRuns } from '../../ops/read/compare-runs.ts'
import { diffCode } from '../../ops/read/diff-code.ts'
import type { ChangedFile, CodeSide } from '../../ops/read/diff-code.ts'
import type { JsonHandler } from '../context.ts'
import { badRequest } from '../refusal.ts'
import type { WireChangedFile, WireCodeDiff, WireCodeSide, WireCompare } from '../wire.ts'
import { wireComparison } from './compare-sides.ts'
import { wireRunHead } from './run-head.ts'

const MOST_RUNS = 100
const MOST_FILES = 2_000
const MOST_PATCH_BYTES = 1024 * 1024

/** Runs side by side; the first is the baseline. */
export const compareHandler: JsonHandler = async ({ repository }, { query }): Promise<WireCompare> => {
  const labels = (query.one('runs') ?? '').split(',').filter((label) => label !== '')
  if (labels.length === 0) throw badRequest("'runs' names no run")
  if (labels.length > MOST_RUNS) throw badRequest(`at most ${MOST_RUNS} runs are compared at once`)
  const found = await readComparedRuns(repository, labels)
  return wireComparison(
    found.map(({ row, side, repeats }, index) => {
      return { label: labels[index] ?? '', head: wireRunHead(row), side, repeats }
    }),
  )
}

/** What changed in the code. */
export const diffHandler: JsonHandler = async ({ repository }, { query }): Promise<WireCodeDiff> => {
  const [base, head, path] = [query.one('base'), query.one('head'), query.one('path')]
  if (base === undefined || head === undefined) throw badRequest("'base' and 'head' name two revisions")
  const limits = { mostFiles: MOST_FILES, limitBytes: MOST_PATCH_BYTES }
  const found = await diffCode(repository, base, head, path === undefined ? limits : { ...limits, path })
  return {
    base: wireSide(found.base),
    head: wireSide(found.head),
    isSame: found.isSame,
    files: found.files.map(wireChangedFile),
    isCut: found.isCut,
  }
}

function wireSide({ kind, label, commit, branch, isDirty, omitted, problem }: CodeSide): WireCodeSide {
  return {
    kind,
    label,
    commit: commit ?? null,
    branch: branch ?? null,
    isDirty,
    omitted,
    problem: problem === undefined ? null : { what: problem.what, next: problem.next ?? null },
  }
}

function wireChangedFile({ patch, ...file }: ChangedFile): WireChangedFile {
  return {
    path: file.path,
    from: file.from ?? null,
    kind: file.kind,
    oldMode: file.oldMode ?? null,
    newMode: file.newMode ?? null,
    added: file.added ?? null,
    removed: file.removed ?? null,
    isBinary: file.isBinary,
    isOddName: !file.isNameExact,
    patch: patch?.text ?? null,
    isPatchCut: patch?.isCut ?? false,
  }
}
