/**
 * Asks SQL in a thread, with an end: a question that never ends is stopped.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { refuse } from '../../domain/failure.ts'
import { openSqlDatabase } from './sql-database.ts'
import type { SqlAnswer } from './sql-database.ts'
import type { SqlRow, SqlTable } from './sql-tables.ts'

/** What the thread is told. */
export type SqlTask =
  | {
      readonly kind: 'insert'
      readonly table: SqlTable
      readonly columns: readonly number[]
      readonly rows: readonly SqlRow[]
    }
  | { readonly kind: 'ask'; readonly sql: string; readonly limit: number }

/** What the thread says to each task, in order. */
export type SqlReply =
  | { readonly kind: 'taken' }
  | { readonly kind: 'answered'; readonly answer: SqlAnswer }
  | { readonly kind: 'refused'; readonly problem: string }

/** A database in a thread. Close it: the thread keeps the process alive. */
export interface SqlThread {
  /** Rows have a value for each of these columns, by their places; the others stay NULL. */
  readonly insert: (table: SqlTable, columns: readonly number[], rows: readonly SqlRow[]) => Promise<void>
  /** @throws `sql-invalid`, also when it takes longer than `timeoutMs` */
  readonly ask: (sql: string, limits: { readonly rows: number; readonly timeoutMs: number }) => Promise<SqlAnswer>
  readonly close: () => Promise<void>
}

/** The worker's file: where the bundler put this module, or beside the folder of shared chunks. */
const WORKER_FILES = ['./sql-worker.js', '../sql-worker.js']

/** Starts the thread; where the bundle has no worker, as from the sources, questions run here and have no end. */
export async function startSqlThread(): Promise<SqlThread> {
  const url = WORKER_FILES.map((file) => new URL(file, import.meta.url)).find((each) => existsSync(fileURLToPath(each)))
  if (url !== undefined) return threadOf(new Worker(url))
  const database = await openSqlDatabase()
  return {
    insert: (table, columns, rows) => Promise.resolve(database.insert(table, columns, rows)),
    ask: (sql, { rows }) => Promise.resolve(database.answer(sql, rows)),
    close: () => Promise.resolve(),
  }
}

function threadOf(worker: Worker): SqlThread {
  const tell = (task: SqlTask): Promise<SqlReply> => {
    worker.postMessage(task)
    return new Promise((resolve, reject) => {
      const onMessage = (reply: SqlReply): void => {
        worker.off('error', onError)
        resolve(reply)
      }
      const onError = (error: unknown): void => {
        worker.off('message', onMessage)
        reject(asError(error))
      }
      worker.once('message', onMessage)
      worker.once('error', onError)
    })
  }
  return {
    insert: async (table, columns, rows) => {
      const reply = await tell({ kind: 'insert', table, columns, rows })
      if (reply.kind === 'refused') throw new Error(reply.problem)
    },
    ask: async (sql, { rows, timeoutMs }) => {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), timeoutMs)
      })
      const reply = await Promise.race([tell({ kind: 'ask', sql, limit: rows }), late])
      clearTimeout(timer)
      if (reply === 'late') throw refuse('sql-invalid', { problem: `it was stopped after ${timeoutMs / 1000} s` })
      if (reply.kind === 'answered') return reply.answer
      throw refuse('sql-invalid', { problem: reply.kind === 'refused' ? reply.problem : 'it was not answered' })
    },
    close: async () => {
      await worker.terminate()
    },
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
