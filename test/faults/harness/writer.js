/**
 * Commits runs through the library: `node writer.js FOLDER ENGINE NAME COUNT`. Prints the commit and the run of each
 * after it was acknowledged and never before.
 */
import { writeSync } from 'node:fs'
import { commitRun, hostOptions, openRepository } from '../../../dist/index.js'

const [folder, engine, name, count] = process.argv.slice(2)
const repository = await openRepository({ ...hostOptions(folder), engine })
for (let index = 0; index < Number(count); index += 1) {
  const { run, commit } = await commitRun(repository, {
    message: `${name} ${index}`,
    experiment: 'writers',
    paramsFiles: [],
    params: [{ key: 'index', text: String(index) }],
    metricsFiles: [],
    metrics: [{ key: 'auc', text: String(index / 100) }],
    seriesFiles: [],
    artifacts: [],
    datasets: [],
    tags: [name],
    newVersion: false,
    allowSecrets: false,
  })
  // Written at once: a line in a buffer would be lost with the process, after the promise.
  writeSync(1, `${commit} ${run.id}\n`)
}
await repository.close()
