/**
 * Makes many runs in one repository through the library, in one process: `node test/bench/make-runs.js FOLDER COUNT
 * [SEED]`. The folder is a git repository with mlv set up, or does not exist yet. Prints how long it took.
 *
 * A run has 20 parameters, 20 metrics and a model file that is a pointer on the branch; no series.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commitRun, hostOptions, openRepository } from '../../dist/index.js'
import { runOptions } from './harness/library-run.js'
import { randomBytes, randomNumbers } from './harness/random.js'
import { makeMlvRepository } from './harness/repository.js'
import { randomRecord } from './harness/run-files.js'

const [folder, count, seed = '1'] = process.argv.slice(2)
if (folder === undefined || !(Number(count) > 0)) {
  process.stderr.write('usage: node test/bench/make-runs.js FOLDER COUNT [SEED]\n')
  process.exit(2)
}
if (!existsSync(folder)) makeMlvRepository(folder, 'experiment: bench\n')
const random = randomNumbers(Number(seed))
const repository = await openRepository(hostOptions(folder))
const startMs = performance.now()
for (let index = 0; index < Number(count); index += 1) {
  // Too small to matter on the disk, and a pointer all the same: a `.bin` never goes inline.
  writeFileSync(join(folder, 'run/model.bin'), randomBytes(random, 64))
  await commitRun(repository, runOptions(randomRecord(random), { artifacts: ['run/model.bin'] }))
}
const seconds = (performance.now() - startMs) / 1000
await repository.close()
process.stdout.write(`${count} runs in ${seconds.toFixed(1)} s, ${(Number(count) / seconds).toFixed(1)} a second\n`)
