/**
 * Python packages as locked: `uv.lock`, `poetry.lock` and `pdm.lock`, else the pinned lines of `requirements.txt`.
 */
import type { Files } from '../files/files.ts'
import { NO_PACKAGES, normalizedPythonName } from './found-packages.ts'
import type { FoundPackages, Package } from './found-packages.ts'
import { readTextIfAny } from './input-text.ts'

const LOCK_FILES = ['uv.lock', 'poetry.lock', 'pdm.lock']
const REQUIREMENTS = 'requirements.txt'
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
