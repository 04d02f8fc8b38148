/**
 * The laws of sharing on as many random histories as you like, from a seed.
 *
 *     node test/property/sharing-histories.js --histories 10000 --seed 20261121
 *
 * Prints the seed and one line of figures, or the smallest history that breaks a law. Ends with 1 then.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { buildSync } from 'esbuild'
import fc from 'fast-check'

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
})
const folder = mkdtempSync(join(import.meta.dirname, '..', '..', 'node_modules', '.mlv-histories-'))
const outfile = join(folder, 'histories.mjs')
try {
  buildSync({
    entryPoints: [join(import.meta.dirname, '..', 'support', 'sharing-histories.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
  })
  const { anyHistory, play } = await import(pathToFileURL(outfile).href)
  const notices = new Map()
  let steps = 0
  const property = fc.asyncProperty(anyHistory, async (history) => {
    const { problems, played } = await play(history)
    steps += history.steps.length
    for (const { kind } of played.clones.flatMap((clone) => clone.notices)) {
      notices.set(kind, (notices.get(kind) ?? 0) + 1)
    }
    if (problems.length > 0) throw new Error(problems.join('\n'))
  })
  const startedMs = performance.now()
  const result = await fc.check(property, { numRuns: Number(values.histories), seed: Number(values.seed) })
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
  const told = [...notices].map(([kind, count]) => `${kind} ${count}`).join(', ')
  console.log(`seed ${values.seed}: ${result.numRuns} histories of ${steps} steps in ${seconds} s; ${told}`)
  if (result.failed) {
    console.log(fc.defaultReportMessage(result))
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
