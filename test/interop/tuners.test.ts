/**
 * Tuners choose, mlv runs and records: the examples of Optuna and Ray Tune, as they are.
 *
 * Each needs its Python package; without it the test says so in one line and is skipped.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/repository.ts'
import { makeWorld, MLV, WORLD_VARIABLES } from '../support/world.ts'
import { PYTHON, pythonVariables, reasonToSkip } from './python.ts'

const EXAMPLES = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'examples')
const MINUTES = 60_000

/** A folder for the search path in which `mlv` is the bundled command. */
function commandFolder(): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'mlv'), `#!/bin/sh\nexec '${process.execPath}' '${MLV}' "$@"\n`)
  chmodSync(join(folder, 'mlv'), 0o755)
  return folder
}

for (const { name, module, group } of [
  { name: 'optuna', module: 'optuna', group: 'optuna' },
  { name: 'ray-tune', module: 'ray.tune', group: 'ray' },
]) {
  const reason = reasonToSkip([module.split('.')[0] ?? module])
  test.skipIf(reason !== undefined)(
    `${name} tunes a training that logs by the protocol${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    () => {
      const world = makeWorld()
      cpSync(join(EXAMPLES, name), world.folder, { recursive: true })
      world.write('.gitignore', '__pycache__/\n')
      world.git('add', '.')
      world.git('commit', '--quiet', '--message=Tune')
      world.mlv('init')
      const variables = pythonVariables()
      const env = {
        ...WORLD_VARIABLES,
        ...variables,
        PATH: `${commandFolder()}:${variables['PATH'] ?? ''}`,
        HOME: temporaryFolder(),
        RAY_CHDIR_TO_TRIAL_DIR: '0',
      }
      const options = { cwd: world.folder, env, encoding: 'utf8', stdio: 'pipe' } as const
      const told = execFileSync(PYTHON ?? '', ['tune.py', '3'], options)
      const best = /best loss (\S+) in run (\w+)/.exec(told)
      const rows = world.json('ls', '--filter', `group = ${group}`, '--sort', 'metric.loss') as {
        readonly runs: readonly { readonly run: { readonly id: string; readonly metrics: object } }[]
      }
      expect(rows.runs).toHaveLength(3)
      expect(rows.runs[0]?.run.id).toBe(best?.[2])
      expect(rows.runs[0]?.run.metrics).toMatchObject({ loss: { goal: 'min', count: 20 } })
    },
    4 * MINUTES,
  )
}
