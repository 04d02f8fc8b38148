/**
 * Reads the evaluation tables of two runs, and which samples flipped between them.
 */
import { Failure } from '../../domain/failure.ts'
import { flipsBetween } from '../../domain/sample-flips.ts'
import type { EvaluationTable, Outcomes, SampleFlips } from '../../domain/sample-flips.ts'
import type { SealedRun } from '../../domain/run.ts'
import { readRunFiles } from '../../store/branch/read-runs.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import { readRunFile } from '../artifacts/read-recorded-file.ts'
import type { Repository } from '../repository/repository.ts'

/** Which tables to compare. */
export interface FlipsRequest {
  /** Where tables are; absent when the base declares none. */
  readonly table: EvaluationTable | undefined
  readonly base: SealedRun
  readonly head: SealedRun
}

/** What flipped, and what a reader should know. */
export interface FlipsReport {
  /** Absent unless both runs have the table. */
  readonly flips?: SampleFlips
  readonly notices: readonly string[]
}

/**
 * Compares the tables of two runs; what cannot be read is a notice and no refusal: the metrics are there all the
 * same.
 */
export async function readFlips(
  repository: Repository,
  snapshot: BranchSnapshot,
  { table, base, head }: FlipsRequest,
): Promise<FlipsReport> {
  if (table === undefined) return { notices: [] }
  try {
    const [left, right] = await Promise.all([base, head].map((run) => readTable(repository, snapshot, run, table)))
    if (left === undefined || right === undefined) {
      const side = left === undefined ? 'base' : 'head'
      return { notices: [`samples are not compared: the run of the ${side} has no ${table.path}`] }
    }
    return { flips: flipsBetween(left, right), notices: [] }
  } catch (caught) {
    if (!(caught instanceof Failure)) throw caught
    return { notices: [`samples are not compared: ${caught.message}: ${caught.why}`] }
  }
}

async function readTable(
  repository: Repository,
  snapshot: BranchSnapshot,
  run: SealedRun,
  table: EvaluationTable,
): Promise<Outcomes | undefined> {
  const file = (await readRunFiles(snapshot, run.id)).find(({ path }) => path === table.path)
  if (file === undefined) return undefined
  const { LIMIT_TABLE_BYTES, readOutcomes } = await import('../../store/inputs/evaluation-table.ts')
  const bytes = await readRunFile(repository, snapshot, { run: run.id, file, limitBytes: LIMIT_TABLE_BYTES })
  return readOutcomes(bytes, table)
}
