/**
 * The environment of a run, probed by reading files and names of folders. Nothing is executed, and what cannot be read
 * is listed rather than refused.
 */
import { compareText } from '../../base/order.ts'
import type { Environment } from '../../domain/environment.ts'
import type { Files } from '../files/files.ts'
import { NO_PACKAGES } from './found-packages.ts'
import type { FoundPackages, Package } from './found-packages.ts'
import { readGraphics } from './graphics.ts'
import { readTextIfAny } from './input-text.ts'
import { readInstalledPython } from './installed-python.ts'
import type { PythonPrefix } from './installed-python.ts'
import { readLockedPython } from './locked-python.ts'
import { readNodePackages } from './node-packages.ts'
import { findSecrets } from './secret-scan.ts'
import type { SystemFacts } from './system-facts.ts'

/** Environment variables of the process that asks. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Variables known to change results or the devices they are computed on. */
const RESULT_VARIABLES = [
  'CUBLAS_WORKSPACE_CONFIG',
  'CUDA_LAUNCH_BLOCKING',
  'CUDA_VERSION',
  'CUDA_VISIBLE_DEVICES',
  'HIP_VISIBLE_DEVICES',
  'JAX_ENABLE_X64',
  'JAX_PLATFORMS',
  'KMP_DETERMINISTIC_REDUCTION',
  'MKL_CBWR',
  'MKL_NUM_THREADS',
  'NCCL_ALGO',
  'NUMEXPR_NUM_THREADS',
  'NVIDIA_TF32_OVERRIDE',
  'OMP_NUM_THREADS',
  'OPENBLAS_NUM_THREADS',
  'PYTHONHASHSEED',
  'PYTORCH_CUDA_ALLOC_CONF',
  'ROCR_VISIBLE_DEVICES',
  'TF_CUDNN_DETERMINISTIC',
  'TF_DETERMINISTIC_OPS',
  'TF_ENABLE_ONEDNN_OPTS',
  'TOKENIZERS_PARALLELISM',
  'TORCH_ALLOW_TF32_CUBLAS_OVERRIDE',
  'WORLD_SIZE',
  'XLA_FLAGS',
]

const PYTHON_TRACES = /^(?:pyproject\.toml|setup\.(?:py|cfg)|requirements.*\.txt|environment\.ya?ml|.+\.(?:py|ipynb))$/
const CONTAINER_MARKS = ['.dockerenv', 'run/.containerenv']
const VERSION_LIMIT_BYTES = 1024

/** Probes the environment of a worktree. Never refuses: what is damaged or unreadable counts as absent. */
export async function probeEnvironment(
  files: Files,
  worktree: string,
  variables: Variables,
  system: SystemFacts,
): Promise<Environment> {
  const names = new Set((await files.readFolder(worktree).catch(() => [])).map(({ name }) => name))
  const [python, node, gpus, container] = await Promise.all([
    probePython(files, worktree, names, variables),
    names.has('package.json') ? readNodePackages(files, worktree) : NO_PACKAGES,
    readGraphics(files, system.procFolder),
    containerMark(files, system.rootFolder),
  ])
  return {
    os: system.os,
    cpu: system.cpu,
    gpus,
    languages: [
      ...(names.has('package.json') ? [{ name: 'node', version: system.nodeVersion }] : []),
      ...(python.languageVersion === undefined ? [] : [{ name: 'python', version: python.languageVersion }]),
    ],
    packages: sortedPackages([...python.packages, ...node.packages]),
    variables: resultVariables(variables),
    unpinned: [...container, ...node.unpinned, ...python.unpinned].sort(compareText),
  }
}

async function probePython(
  files: Files,
  worktree: string,
  names: ReadonlySet<string>,
  variables: Variables,
): Promise<FoundPackages> {
  const installed = await readInstalledPython(files, pythonPrefixes(worktree, names, variables))
  if (installed !== NO_PACKAGES) return installed
  const locked = await readLockedPython(files, worktree)
  const version = await pinnedPythonVersion(files, worktree)
  if (locked === NO_PACKAGES && version === undefined && ![...names].some((name) => PYTHON_TRACES.test(name))) {
    return NO_PACKAGES
  }
  const missing = locked === NO_PACKAGES ? ['python packages: no virtual environment and no lock file'] : []
  const unknown = version === undefined ? ['python version: no virtual environment and no .python-version'] : []
  return {
    packages: locked.packages,
    unpinned: [...locked.unpinned, ...missing, ...unknown],
    ...(version === undefined ? {} : { languageVersion: version }),
  }
}

/** An activated environment comes before one that merely lies in the worktree. */
function pythonPrefixes(worktree: string, names: ReadonlySet<string>, variables: Variables): readonly PythonPrefix[] {
  const active = ['VIRTUAL_ENV', 'CONDA_PREFIX'].flatMap((name) => {
    const folder = variables[name]
    return folder === undefined || folder === '' ? [] : [{ folder, source: sourceOf(folder, worktree) }]
  })
  const local = ['.venv', 'venv'].filter((name) => names.has(name))
  return [...active, ...local.map((name) => ({ folder: `${worktree}/${name}`, source: name }))]
}

/** Relative inside the worktree; outside it only the last name, which says nothing about whose machine this is. */
function sourceOf(folder: string, worktree: string): string {
  const normal = folder.replaceAll('\\', '/').replace(/\/+$/, '')
  if (normal.startsWith(`${worktree}/`)) return normal.slice(worktree.length + 1)
  return normal.slice(normal.lastIndexOf('/') + 1)
}

async function pinnedPythonVersion(files: Files, worktree: string): Promise<string | undefined> {
  const text = await readTextIfAny(files, `${worktree}/.python-version`, VERSION_LIMIT_BYTES)
  return /^(?:cpython-|python-)?(\d+\.\d+(?:\.\d+)?)\s*$/m.exec(text ?? '')?.[1]
}

/** The digest of an image cannot be seen from inside it. */
async function containerMark(files: Files, root: string): Promise<readonly string[]> {
  const found = await Promise.all(
    CONTAINER_MARKS.map((mark) => files.lstat(`${root.replace(/\/$/, '')}/${mark}`).catch(() => undefined)),
  )
  return found.some((stat) => stat !== undefined) ? ['container image: its digest cannot be seen from inside'] : []
}

function sortedPackages(packages: readonly Package[]): readonly Package[] {
  const byText = new Map(packages.map((item) => [`${item.name}\0${item.version}\0${item.source}`, item]))
  return [...byText.entries()].sort(([left], [right]) => compareText(left, right)).map(([, item]) => item)
}

function resultVariables(variables: Variables): Environment['variables'] {
  return RESULT_VARIABLES.flatMap((name) => {
    const value = variables[name]
    return value === undefined || findSecrets(value).length > 0 ? [] : [{ name, value }]
  })
}
