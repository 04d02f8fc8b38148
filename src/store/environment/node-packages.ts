/**
 * Node.js packages: as installed when npm noted it, else as locked.
 */
import type { Files } from '../files/files.ts'
import { NO_PACKAGES } from './found-packages.ts'
import type { FoundPackages, Package } from './found-packages.ts'
import { readTextIfAny } from '../inputs/input-text.ts'

/** npm writes the first one itself, with what is in the folder beside it. */
const LOCK_FILES = ['node_modules/.package-lock.json', 'package-lock.json']
/** Locks of other package managers. */
const OTHER_LOCKS = ['pnpm-lock.yaml', 'yarn.lock', 'bun.lock']
const LIMIT_BYTES = 8 * 1024 * 1024
const FOLDER = 'node_modules/'

/** Reads the packages of a worktree that has a `package.json`. */
export async function readNodePackages(
  files: Files,
  worktree: string,
  names: ReadonlySet<string>,
): Promise<FoundPackages> {
  for (const source of LOCK_FILES) {
    const text = await readTextIfAny(files, `${worktree}/${source}`, LIMIT_BYTES)
    const packages = text === undefined ? undefined : packagesOfLock(text, source)
    if (packages !== undefined) return { packages, unpinned: [] }
  }
  const other = OTHER_LOCKS.find((name) => names.has(name))
  const problem = other === undefined ? 'no package-lock.json' : `${other} is kept by digest, and not read`
  return { ...NO_PACKAGES, unpinned: [`node packages: ${problem}`] }
}

function packagesOfLock(text: string, source: string): readonly Package[] | undefined {
  const lock = parseJson(text)
  const entries = isObject(lock) ? lock['packages'] : undefined
  if (!isObject(entries)) return undefined
  return Object.entries(entries).flatMap(([path, entry]) => {
    const version = isObject(entry) ? entry['version'] : undefined
    if (typeof version !== 'string' || !path.includes(FOLDER)) return []
    return [{ name: path.slice(path.lastIndexOf(FOLDER) + FOLDER.length), version, source }]
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
