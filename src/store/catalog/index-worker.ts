/**
 * The thread that makes blocks of a new index; `index-thread.ts` is its only caller. A bundle of its own, because a
 * thread starts from a file.
 */
import { parentPort, workerData } from 'node:worker_threads'
import type { Oid } from '../../domain/oid.ts'
import { readInBulk } from '../git/bulk-reader.ts'
import type { BulkSource } from '../git/bulk-reader.ts'
import { readChangedRuns } from './index-changes.ts'
import type { IndexReply, IndexTask } from './index-thread.ts'
import { blockFiller } from './make-blocks.ts'
import type { EncodedBlock } from './run-block.ts'

const source = workerData as BulkSource
const blocks = blockFiller()
let working: Promise<unknown> = Promise.resolve()

parentPort?.on('message', (task: IndexTask) => {
  // One after the other: blocks are in the order of their runs.
  working = working.then(() => answer(task))
})

async function answer(task: IndexTask): Promise<void> {
  try {
    if (task.kind === 'end') tellBlocks(blocks.flush())
    else for await (const rows of readChangedRuns({ engine }, task.runs)) tellBlocks(blocks.add(rows))
    tell({ kind: 'done' })
  } catch {
    tell({ kind: 'failed' })
  }
}

function tellBlocks(made: Iterable<EncodedBlock>): void {
  for (const block of made) tell({ kind: 'block', block })
}

function tell(reply: IndexReply): void {
  parentPort?.postMessage(reply, reply.kind === 'block' ? ownBuffer(reply.block.bytes) : [])
}

/** The memory of bytes that have one to themselves: it changes hands. What is small shares it, and is copied. */
function ownBuffer({ buffer, byteLength }: Uint8Array): readonly ArrayBuffer[] {
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : []
}

const engine = {
  readBlobBatches: async function* (oids: readonly Oid[]): AsyncGenerator<readonly Uint8Array[]> {
    let count = 0
    for await (const batch of readInBulk(source, 'blob', oids)) {
      count += batch.length
      yield batch
    }
    if (count < oids.length) throw new Error('git did not give out every record')
  },
}
