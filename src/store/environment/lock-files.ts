/**
 * Files that lock packages, by digest: what an environment can be restored from.
 */
import { sha256Of } from '../../base/digest.ts'
import { compareText } from '../../base/order.ts'
import type { Environment } from '../../domain/environment.ts'
import type { Files } from '../files/files.ts'

const LIMIT_BYTES = 32 * 1024 * 1024
const LOCK_FILES: readonly RegExp[] = [
  /^(?:uv|poetry|pdm|Pipfile|pixi|yarn|bun|renv)\.lock$/,
  /^(?:pylock(?:\..+)?\.toml|requirements.*\.txt|environment\.ya?ml|conda-lock\.ya?ml)$/,
  /^(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml)$/,
]

/** Digests the lock files among the names in a folder; those that cannot be read are left out. */
export async function digestLockFiles(
  files: Files,
  folder: string,
  names: ReadonlySet<string>,
): Promise<Pick<Environment, 'lockFiles'>> {
  const found = [...names].filter((name) => LOCK_FILES.some((pattern) => pattern.test(name))).sort(compareText)
  const digests = await Promise.all(found.map((name) => digestOf(files, folder, name)))
  const lockFiles = digests.filter((each) => each !== undefined)
  return lockFiles.length === 0 ? {} : { lockFiles }
}

async function digestOf(
  files: Files,
  folder: string,
  name: string,
): Promise<NonNullable<Environment['lockFiles']>[number] | undefined> {
  try {
    const stat = await files.stat(`${folder}/${name}`)
    if (stat?.kind !== 'file' || stat.sizeBytes > LIMIT_BYTES) return undefined
    return { path: name, sha256: sha256Of(await files.readFile(`${folder}/${name}`)) }
  } catch {
    return undefined
  }
}
