/**
 * Questions about what a run holds.
 */
import type {
  WireEvaluations,
  WireFoundLines,
  WireOutput,
  WireRowState,
  WireTable,
  WireTables,
  WireTensors,
  WireText,
  WireVersionFiles,
} from '../../server/wire.ts'
import { ask } from '../base/api.ts'

/** Rows that are asked for at once; windows begin at multiples of it. */
export const WINDOW_ROWS = 200
/** Lines that are asked for at once; windows begin at multiples of it. */
export const WINDOW_LINES = 500

/** A window of a table. */
export interface TableQuestion {
  readonly run: string
  readonly path: string
  readonly sort: string
  readonly search: string
  readonly from: number
}

/** A window of a table of two runs. */
export interface TablesQuestion {
  readonly base: string
  readonly head: string
  readonly path: string
  readonly headPath: string
  readonly key: string
  readonly only: WireRowState | ''
  readonly from: number
}

/** Every question about files. @throws Refusal */
export const mediaApi = {
  tensors: (run: string, path: string, signal?: AbortSignal) =>
    ask<WireTensors>(`${runPath(run)}/tensors`, { path }, signal),
  table: ({ run, ...query }: TableQuestion, signal?: AbortSignal) =>
    ask<WireTable>(`${runPath(run)}/table`, { ...query, count: WINDOW_ROWS }, signal),
  tables: (query: TablesQuestion, signal?: AbortSignal) =>
    ask<WireTables>('tables', { ...query, count: WINDOW_ROWS }, signal),
  text: (run: string, path: string, at: number, signal?: AbortSignal) =>
    ask<WireText>(`${runPath(run)}/text`, { path, at }, signal),
  evaluations: (run: string, signal?: AbortSignal) => ask<WireEvaluations>(`${runPath(run)}/evaluations`, {}, signal),
  output: (run: string, stream: string, from: number, signal?: AbortSignal) =>
    ask<WireOutput>(`${runPath(run)}/output`, { stream, from, count: WINDOW_LINES }, signal),
  findOutput: (run: string, stream: string, wanted: { search?: string; step?: number }, signal?: AbortSignal) =>
    ask<WireFoundLines>(`${runPath(run)}/output/find`, { stream, ...wanted }, signal),
  versionFiles: (model: string, number: number, signal?: AbortSignal) =>
    ask<WireVersionFiles>(`model/${encodeURIComponent(model)}/version/${number}/files`, {}, signal),
}

function runPath(run: string): string {
  return `run/${encodeURIComponent(run)}`
}
