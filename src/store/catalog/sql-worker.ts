/**
 * The thread that SQL runs in, because only a thread of its own can be stopped in the middle of a question.
 */
import { parentPort } from 'node:worker_threads'
import { Failure } from '../../domain/failure.ts'
import { openSqlDatabase } from './sql-database.ts'
import type { SqlReply, SqlTask } from './sql-thread.ts'

const port = parentPort
const database = openSqlDatabase()

port?.on('message', (task: SqlTask) => {
  void reply(task).then((answer) => port.postMessage(answer))
})

async function reply(task: SqlTask): Promise<SqlReply> {
  try {
    const opened = await database
    if (task.kind === 'ask') return { kind: 'answered', answer: opened.answer(task.sql, task.limit) }
    opened.insert(task.table, task.columns, task.rows)
    return { kind: 'taken' }
  } catch (error) {
    if (error instanceof Failure && error.detail.code === 'sql-invalid') {
      return { kind: 'refused', problem: error.detail.data.problem }
    }
    return { kind: 'refused', problem: error instanceof Error ? error.message : String(error) }
  }
}
