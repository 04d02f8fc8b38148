/**
 * Python packages as locked: `uv.lock`, `poetry.lock`, `pdm.lock`, `Pipfile.lock` or an exported `environment.yml`,
 * else the pinned lines of `requirements.txt`.
 */
import type { Files } from '../files/files.ts'
import { NO_PACKAGES, normalizedPythonName } from './found-packages.ts'
import type { FoundPackages, Package } from './found-packages.ts'
import { readTextIfAny } from '../inputs/input-text.ts'

const LOCK_FILES = ['uv.lock', 'poetry.lock', 'pdm.lock']
const REQUIREMENTS = 'requirements.txt'
const PIPFILE = 'Pipfile.lock'
const CONDA_FILES = ['environment.yml', 'environment.yaml']
const LIMIT_BYTES = 8 * 1024 * 1024

// All three write a package as a table whose name and version are lines of their own.
const LOCKED = /^\[\[package\]\]\r?\nname = "([^"\n]{1,200})"\r?\nversion = "([^"\n]{1,200})"/gm
const PINNED = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*===?\s*([^\s;,*]+)\s*(?:;.*)?$/

/** Reads the first lock file that is there. */
export async function readLockedPython(files: Files, worktree: string): Promise<FoundPackages> {
  for (const name of LOCK_FILES) {
    const text = await readTextIfAny(files, `${worktree}/${name}`, LIMIT_BYTES)
    if (text !== undefined) return { packages: packagesOfLock(text, name), unpinned: [] }
  }
  const pipfile = await readTextIfAny(files, `${worktree}/${PIPFILE}`, LIMIT_BYTES)
  if (pipfile !== undefined) return { packages: packagesOfPipfile(pipfile), unpinned: [] }
  for (const name of CONDA_FILES) {
    const exported = await readTextIfAny(files, `${worktree}/${name}`, LIMIT_BYTES)
    if (exported !== undefined) return packagesOfConda(exported, name)
  }
  const text = await readTextIfAny(files, `${worktree}/${REQUIREMENTS}`, LIMIT_BYTES)
  return text === undefined ? NO_PACKAGES : packagesOfRequirements(text)
}

function packagesOfLock(text: string, source: string): readonly Package[] {
  return [...text.matchAll(LOCKED)].map(([, name = '', version = '']) => ({
    name: normalizedPythonName(name),
    version,
    source,
  }))
}

// `"numpy": { ... "version": "==1.26.4" }`, in the default and the develop part.
const PIPFILE_ENTRY = /"([A-Za-z0-9][A-Za-z0-9._-]*)": \{[^{}]*"version": "==([^"]{1,200})"/g

function packagesOfPipfile(text: string): readonly Package[] {
  return [...text.matchAll(PIPFILE_ENTRY)].map(([, name = '', version = '']) => ({
    name: normalizedPythonName(name),
    version,
    source: PIPFILE,
  }))
}

// `- numpy=1.26.4=py311h64a7726_0` as conda exports it, and `- numpy==1.26.4` of the list for pip.
const CONDA_LINE = /^\s*-\s+(?:[\w./-]+::)?([A-Za-z0-9_][\w.-]*)(?:\[[^\]]*\])?\s*(.*?)\s*$/
const CONDA_PIN = /^={1,2}\s*([^\s=<>!~*,]+)(?:=[^\s=]+)?$/

function packagesOfConda(text: string, source: string): FoundPackages {
  const packages: Package[] = []
  const unpinned: string[] = []
  const lines = text.replace(/(?:^|\s)#.*$/gm, '').split('\n')
  const start = lines.findIndex((line) => /^dependencies:\s*$/.test(line))
  for (const line of start < 0 ? [] : lines.slice(start + 1)) {
    // The next key of the document.
    if (/^\w/.test(line)) break
    const [, name, rest = ''] = CONDA_LINE.exec(line) ?? []
    if (name === undefined || rest === ':') continue
    const version = CONDA_PIN.exec(rest)?.[1]
    if (version === undefined) unpinned.push(`${source}: '${line.trim().slice(2)}' names no one version`)
    else packages.push({ name: normalizedPythonName(name), version, source })
  }
  return { packages, unpinned }
}

function packagesOfRequirements(text: string): FoundPackages {
  const packages: Package[] = []
  const unpinned: string[] = []
  for (const line of requirementLines(text)) {
    const [, name, version] = PINNED.exec(line) ?? []
    if (name === undefined || version === undefined) unpinned.push(`${REQUIREMENTS}: '${line}' names no one version`)
    else packages.push({ name: normalizedPythonName(name), version, source: REQUIREMENTS })
  }
  return { packages, unpinned }
}

/** Requirements without comments, continuations, hashes and options that name no package. */
function requirementLines(text: string): readonly string[] {
  return text
    .replace(/\\\r?\n/g, ' ')
    .split('\n')
    .map((line) =>
      line
        .replace(/(?:^|\s)#.*$/, '')
        .replace(/\s--hash=\S+/g, '')
        .trim(),
    )
    .filter((line) => line !== '' && !/^--?(?!r\b|-requirement\b|e\b|-editable\b)/.test(line))
}
