/**
 * The Python that interop tests run, and what it has: `MLV_INTEROP_PYTHON`, else what `test/interop/install.sh` made.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')
const INSTALLED = join(PROJECT, 'node_modules', '.cache', 'mlv-interop', 'bin', 'python')

/** The program; `undefined` when there is none. */
export const PYTHON = [process.env['MLV_INTEROP_PYTHON'], INSTALLED].find(
  (path) => path !== undefined && existsSync(path),
)

/** Says why an example cannot be run here; `undefined` when it can. */
export function reasonToSkip(modules: readonly string[]): string | undefined {
  if (PYTHON === undefined) return 'no Python: test/interop/install.sh makes one'
  const missing = modules.filter((name) => !hasModule(PYTHON, name))
  return missing.length === 0 ? undefined : `Python has no ${missing.join(', ')}`
}

/** The variables that `activate` of a virtual environment sets, and one thread: results and times then repeat. */
export function pythonVariables(): NodeJS.ProcessEnv {
  const folder = dirname(PYTHON ?? '')
  return {
    VIRTUAL_ENV: dirname(folder),
    PATH: `${folder}:${process.env['PATH'] ?? ''}`,
    OMP_NUM_THREADS: '1',
    HF_HUB_OFFLINE: '1',
    TOKENIZERS_PARALLELISM: 'false',
  }
}

function hasModule(python: string, name: string): boolean {
  const code = `import importlib.util, sys; sys.exit(importlib.util.find_spec(${JSON.stringify(name)}) is None)`
  return spawnSync(python, ['-c', code]).status === 0
}
