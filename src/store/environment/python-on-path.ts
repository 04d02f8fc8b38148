/**
 * The Python that a plain `python` starts, found without starting it: by the search path, its links, and pyenv's files.
 */
import { delimiter, dirname, isAbsolute, join } from 'node:path'
import type { Files } from '../files/files.ts'
import { NO_PACKAGES } from './found-packages.ts'
import type { FoundPackages } from './found-packages.ts'
import { readTextIfAny } from '../inputs/input-text.ts'
import { installedPackagesIn } from './installed-python.ts'

type Variables = Readonly<Record<string, string | undefined>>

const LIMIT_BYTES = 4096
const SOURCE = 'python on PATH'
const NAMES = ['python', 'python3']

/** Where the packages of a Python without an environment are, below its prefix; the second as Debian has it. */
const SITE_FOLDERS = ['site-packages', 'dist-packages']

/** Reads the version and packages of the Python on the search path; nothing when there is none or it tells nothing. */
export async function readPythonOnPath(files: Files, worktree: string, variables: Variables): Promise<FoundPackages> {
  const program = await findProgram(files, worktree, variables)
  if (program === undefined) return NO_PACKAGES
  const prefix = dirname(dirname(program))
  const named = /^python(3\.\d+)/.exec(program.slice(program.lastIndexOf('/') + 1))?.[1]
  const libraries = (await files.readFolder(join(prefix, 'lib')).catch(() => [])).map(({ name }) => name)
  const library = libraries.find((name) =>
    named === undefined ? /^python3\.\d+$/.test(name) : name === `python${named}`,
  )
  if (library === undefined) return NO_PACKAGES
  const isSystem = prefix === '/usr'
  const folders = [
    ...SITE_FOLDERS.map((site) => join(prefix, 'lib', library, site)),
    ...(isSystem
      ? [join(prefix, 'lib/python3/dist-packages'), join(prefix, 'local/lib', library, 'dist-packages')]
      : []),
  ]
  const found = await installedPackagesIn(files, folders, SOURCE)
  return { ...found, languageVersion: await exactVersion(files, prefix, library) }
}

async function findProgram(files: Files, worktree: string, variables: Variables): Promise<string | undefined> {
  for (const folder of (variables['PATH'] ?? '').split(delimiter).filter((each) => isAbsolute(each))) {
    for (const name of NAMES) {
      const path = join(folder, name)
      if ((await files.stat(path).catch(() => undefined))?.kind !== 'file') continue
      if (folder.endsWith('/shims')) return pyenvProgram(files, dirname(folder), worktree, variables)
      return files.realPath(path).catch(() => undefined)
    }
  }
  return undefined
}

/** Pyenv's shims ask, in this order, a variable, files from the folder upwards, and a file of its own. */
async function pyenvProgram(
  files: Files,
  root: string,
  worktree: string,
  variables: Variables,
): Promise<string | undefined> {
  const texts = [variables['PYENV_VERSION']]
  for (let folder = worktree; ; folder = dirname(folder)) {
    texts.push(await readTextIfAny(files, join(folder, '.python-version'), LIMIT_BYTES))
    if (dirname(folder) === folder) break
  }
  texts.push(await readTextIfAny(files, join(root, 'version'), LIMIT_BYTES))
  const version = texts
    .find((text) => text !== undefined && text.trim() !== '')
    ?.trim()
    .split(/\s+/)[0]
  if (version === undefined || !/^[\w.-]+$/.test(version)) return undefined
  const program = join(root, 'versions', version, 'bin/python')
  return files.realPath(program).catch(() => undefined)
}

/** The patch version is in the header that extensions are built with, or in the name of pyenv's folder. */
async function exactVersion(files: Files, prefix: string, library: string): Promise<string> {
  const header = await readTextIfAny(files, join(prefix, 'include', library, 'patchlevel.h'), 64 * 1024)
  const fromHeader = /^#define PY_VERSION\s+"([^"]+)"/m.exec(header ?? '')?.[1]
  const fromFolder = /\/(\d+\.\d+\.\d+)$/.exec(prefix)?.[1]
  return fromHeader ?? fromFolder ?? library.replace('python', '')
}
