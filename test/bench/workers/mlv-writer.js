/**
 * Commits runs through the library: `node mlv-writer.js FOLDER COUNT SEED`. Says `ready`, waits for a line, and then
 * prints a commit's name after it was acknowledged and never before.
 */
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { commitRun, hostOptions, openRepository } from '../../../dist/index.js'
import { runOptions } from '../harness/library-run.js'
import { randomNumbers } from '../harness/random.js'
import { randomRecord } from '../harness/run-files.js'

const [folder, count, seed] = process.argv.slice(2)
const random = randomNumbers(Number(seed))
const repository = await openRepository(hostOptions(folder))
writeSync(1, 'ready\n')
await once(process.stdin, 'data')
for (let index = 0; index < Number(count); index += 1) {
  const { commit } = await commitRun(repository, runOptions(randomRecord(random)))
  writeSync(1, `${commit}\n`)
}
await repository.close()
process.stdin.destroy()
