/**
 * R packages as `renv.lock` has them.
 */
import type { Files } from '../files/files.ts'
import { NO_PACKAGES } from './found-packages.ts'
import type { FoundPackages } from './found-packages.ts'
import { readTextIfAny } from '../inputs/input-text.ts'

const SOURCE = 'renv.lock'
const LIMIT_BYTES = 8 * 1024 * 1024

/** Reads the lock of a folder; nothing when there is none, or it is damaged. */
export async function readRPackages(files: Files, folder: string): Promise<FoundPackages> {
  const lock = parseObject((await readTextIfAny(files, `${folder}/${SOURCE}`, LIMIT_BYTES)) ?? '')
  if (lock === undefined) return NO_PACKAGES
  const version = textOf(objectOf(lock['R']), 'Version')
  const packages = Object.values(objectOf(lock['Packages'])).flatMap((entry) => {
    const [name, packageVersion] = [textOf(objectOf(entry), 'Package'), textOf(objectOf(entry), 'Version')]
    return name === undefined || packageVersion === undefined ? [] : [{ name, version: packageVersion, source: SOURCE }]
  })
  return { packages, unpinned: [], ...(version === undefined ? {} : { languageVersion: version }) }
}

type Fields = Readonly<Record<string, unknown>>

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function objectOf(value: unknown): Fields {
  return isObject(value) ? value : {}
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' ? value : undefined
}
