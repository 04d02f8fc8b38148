/**
 * Worker threads read data files as this thread would: tried on a bundle, where the worker is a file of its own.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { surveyAll } from '../../../src/store/data/survey-pool.ts'
import { temporaryFolder } from '../../support/repository.ts'

const SOURCE = resolve('src/store/data')
const MANY = 3000

/** Surveys files, and prints what came of each. */
const PROGRAM = `
  import { readFileSync } from 'node:fs'
  import { surveyAll } from '${SOURCE}/survey-pool.ts'
  import { nodeFiles } from '${SOURCE}/../files/node-files.ts'
  const tasks = JSON.parse(readFileSync(0, 'utf8')).map((path) => ({ path, sizeBytes: 100 }))
  let said
  try {
    said = await surveyAll(nodeFiles, tasks)
  } catch (error) {
    said = error.code
  }
  console.log(JSON.stringify(said))
`

test('thousands of small files and tables are read by threads, in their order', async () => {
  const { folder, run } = await bundled()
  mkdirSync(join(folder, 'data'))
  const paths = Array.from({ length: MANY }, (_, index) => join(folder, 'data', `${index}.txt`))
  for (const path of paths) writeFileSync(path, path)
  const table = join(folder, 'data/table.csv')
  writeFileSync(table, 'a\n1\n2\n')
  const all = [...paths.slice(0, 2000), table, ...paths.slice(2000)]
  const surveys = run(all)
  expect(surveys).toEqual(
    all.map((path) =>
      path === table
        ? { sha256: sha256Of('a\n1\n2\n'), sizeBytes: 6, rows: 2, columns: [{ name: 'a', type: 'integer' }] }
        : { sha256: sha256Of(path), sizeBytes: path.length },
    ),
  )
  expect(surveys).toEqual(
    await surveyAll(
      nodeFiles,
      all.map((path) => ({ path, sizeBytes: 100 })),
    ),
  )
  // What fails in a thread fails here with its own error.
  expect(run([...all, join(folder, 'absent')])).toBe('ENOENT')
})

async function bundled() {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'program.js'), PROGRAM)
  await build({
    entryPoints: { main: join(folder, 'program.js'), 'survey-worker': join(SOURCE, 'survey-worker.ts') },
    outdir: join(folder, 'dist'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
  })
  writeFileSync(join(folder, 'dist/package.json'), '{"type":"module"}')
  const run = (paths: readonly string[]): unknown => {
    // Thousands of paths are more than a command line holds where folders have long names.
    const input = JSON.stringify(paths)
    const options = { input, timeout: 60_000, maxBuffer: 1 << 26 }
    return JSON.parse(execFileSync(process.execPath, [join(folder, 'dist/main.js')], options).toString())
  }
  return { folder, run }
}
