/**
 * Python packages as installed: the names of metadata folders in a virtual or conda environment, no file of which is
 * opened except `pyvenv.cfg`.
 */
import type { Files } from '../files/files.ts'
import { NO_PACKAGES, normalizedPythonName } from './found-packages.ts'
import type { FoundPackages, Package } from './found-packages.ts'
import { readTextIfAny } from '../inputs/input-text.ts'

/** A folder that may hold a Python environment. */
export interface PythonPrefix {
  /** Absolute path. */
  readonly folder: string
  /** How to call it in a record. */
  readonly source: string
}

const CONFIG_LIMIT_BYTES = 64 * 1024
const DIST_INFO = /^([A-Za-z0-9][A-Za-z0-9._-]*?)-([^-]+)\.(?:dist-info|egg-info)$/
const EGG_INFO = /^([A-Za-z0-9][A-Za-z0-9._]*)-([^-]+)-py\d+\.\d+(?:-[\w-]+)?\.egg-info$/
const EDITABLE = /^__editable__\.([A-Za-z0-9][A-Za-z0-9._]*)-[^-]+\.pth$/
const CONDA_RECORD = /^(.+)-([^-]+)-[^-]+\.json$/

/** Reads the environment at the first of these folders that is one. */
export async function readInstalledPython(files: Files, prefixes: readonly PythonPrefix[]): Promise<FoundPackages> {
  for (const prefix of prefixes) {
    const found = await readPrefix(files, prefix)
    if (found !== undefined) return found
  }
  return NO_PACKAGES
}

/** Reads the packages in these folders; one that is absent has none. */
export async function installedPackagesIn(
  files: Files,
  folders: readonly string[],
  source: string,
): Promise<FoundPackages> {
  const entries = await Promise.all(folders.map((folder) => files.readFolder(folder).catch(() => [])))
  const names = entries.flat().map(({ name }) => name)
  return {
    packages: names.flatMap((name) => installedPackage(name, source)),
    unpinned: names.flatMap(editablePackage),
  }
}

async function readPrefix(files: Files, prefix: PythonPrefix): Promise<FoundPackages | undefined> {
  const [config, conda, libraries] = await Promise.all([
    readTextIfAny(files, `${prefix.folder}/pyvenv.cfg`, CONFIG_LIMIT_BYTES),
    files.readFolder(`${prefix.folder}/conda-meta`),
    files.readFolder(`${prefix.folder}/lib`),
  ])
  if (config === undefined && conda.length === 0) return undefined
  const installed = await installedPackagesIn(files, siteFolders(prefix.folder, libraries), prefix.source)
  const condaPackages = conda.flatMap(({ name }) => condaPackage(name, prefix.source))
  const version = versionOf(config) ?? condaPackages.find(({ name }) => name === 'python')?.version
  return {
    packages: [...installed.packages, ...condaPackages],
    unpinned: installed.unpinned,
    ...(version === undefined ? {} : { languageVersion: version }),
  }
}

/** `lib/python3.11/site-packages`, or `Lib/site-packages` on Windows. */
function siteFolders(prefix: string, libraries: readonly { readonly name: string }[]): readonly string[] {
  const versioned = libraries.filter(({ name }) => /^python\d/.test(name))
  return versioned.length === 0
    ? [`${prefix}/Lib/site-packages`]
    : versioned.map(({ name }) => `${prefix}/lib/${name}/site-packages`)
}

/** venv writes `version`, virtualenv and uv write `version_info`, which may end in a release level. */
function versionOf(config: string | undefined): string | undefined {
  return /^version(?:_info)?\s*=\s*(\d+(?:\.\d+)+)/m.exec(config ?? '')?.[1]
}

function installedPackage(folder: string, source: string): readonly Package[] {
  const [, name, version] = EGG_INFO.exec(folder) ?? DIST_INFO.exec(folder) ?? []
  return name === undefined || version === undefined ? [] : [{ name: normalizedPythonName(name), version, source }]
}

function editablePackage(file: string): readonly string[] {
  const name = EDITABLE.exec(file)?.[1]
  return name === undefined ? [] : [`python package ${normalizedPythonName(name)} is installed in editable mode`]
}

/** `<name>-<version>-<build>.json`. */
function condaPackage(file: string, source: string): readonly Package[] {
  const [, name, version] = CONDA_RECORD.exec(file) ?? []
  return name === undefined || version === undefined ? [] : [{ name, version, source }]
}
