/**
 * The environment of a run, probed by reading files and names of folders. Nothing is executed, and what cannot be read
 * is listed rather than refused.
 */
import { compareText } from '../../base/order.ts'
import type { Container, Environment } from '../../domain/environment.ts'
import type { Files } from '../files/files.ts'
import { NO_PACKAGES } from './found-packages.ts'
import type { FoundPackages, Package } from './found-packages.ts'
import { readCudaVersion, readGraphics } from './graphics.ts'
import { readTextIfAny } from '../inputs/input-text.ts'
import { readInstalledPython } from './installed-python.ts'
import type { PythonPrefix } from './installed-python.ts'
import { readLockedPython } from './locked-python.ts'
import { readNodePackages } from './node-packages.ts'
import { digestLockFiles } from './lock-files.ts'
import { findContainer, isImagePinned } from './container.ts'
import { readPythonOnPath } from './python-on-path.ts'
import { readRPackages } from './r-packages.ts'
import { resultVariables } from './result-variables.ts'
import type { SystemFacts } from './system-facts.ts'

/** Environment variables of the process that asks. */
export type Variables = Readonly<Record<string, string | undefined>>

const PYTHON_TRACES = /^(?:pyproject\.toml|setup\.(?:py|cfg)|requirements.*\.txt|environment\.ya?ml|.+\.(?:py|ipynb))$/
const VERSION_LIMIT_BYTES = 1024

/** Probes the environment of a worktree. Never refuses: what is damaged or unreadable counts as absent. */
export async function probeEnvironment(
  files: Files,
  worktree: string,
  variables: Variables,
  system: SystemFacts,
): Promise<Environment> {
  const names = new Set((await files.readFolder(worktree).catch(() => [])).map(({ name }) => name))
  const [python, node, r, gpus, cuda, container, locks] = await Promise.all([
    probePython(files, worktree, names, variables),
    names.has('package.json') ? readNodePackages(files, worktree, names) : NO_PACKAGES,
    names.has('renv.lock') ? readRPackages(files, worktree) : NO_PACKAGES,
    readGraphics(files, system.procFolder),
    readCudaVersion(files, system.rootFolder),
    findContainer(files, system, variables),
    digestLockFiles(files, worktree, names),
  ])
  return {
    os: system.os,
    cpu: system.cpu,
    gpus,
    ...(cuda === undefined ? {} : { cuda }),
    ...(container === undefined ? {} : { container }),
    languages: [
      ...(names.has('package.json') ? [{ name: 'node', version: system.nodeVersion }] : []),
      ...languageOf('python', python),
      ...languageOf('r', r),
    ],
    packages: sortedPackages([...python.packages, ...node.packages, ...r.packages]),
    variables: resultVariables(variables),
    ...locks,
    unpinned: [...unpinnedContainer(container), ...node.unpinned, ...python.unpinned].sort(compareText),
  }
}

function languageOf(name: string, { languageVersion }: FoundPackages): Environment['languages'] {
  return languageVersion === undefined ? [] : [{ name, version: languageVersion }]
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
  if (locked === NO_PACKAGES || locked.packages.length === 0) {
    const onPath = await readPythonOnPath(files, worktree, variables)
    if (onPath !== NO_PACKAGES) return { ...onPath, unpinned: [...onPath.unpinned, ...locked.unpinned] }
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

/** The digest of an image cannot be seen from inside it; whoever starts it can say it in a variable. */
function unpinnedContainer(container: Container | undefined): readonly string[] {
  if (container === undefined || isImagePinned(container)) return []
  return ['container image: its digest cannot be seen from inside; CONTAINER_IMAGE_DIGEST can tell it']
}

function sortedPackages(packages: readonly Package[]): readonly Package[] {
  const byText = new Map(packages.map((item) => [`${item.name}\0${item.version}\0${item.source}`, item]))
  return [...byText.entries()].sort(([left], [right]) => compareText(left, right)).map(([, item]) => item)
}
