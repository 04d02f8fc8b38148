/**
 * Repositories that a person told this clone to ask, kept below `.git/mlv`: the list in a store never brings one along.
 */
import { join } from 'node:path'
import { withDiskFailures } from '../../store/files/disk-failure.ts'
import type { Files } from '../../store/files/files.ts'
import { writeFileDurably } from '../../store/files/safe-write.ts'

/** Reads the addresses; empty when none was trusted yet. */
export async function readTrustedRepositories(files: Files, commonDir: string): Promise<ReadonlySet<string>> {
  const path = trustFile(commonDir)
  if ((await files.lstat(path))?.kind !== 'file') return new Set()
  const bytes = await withDiskFailures(path, 'reading', () => files.readFile(path))
  const lines = Buffer.from(bytes).toString('utf8').split('\n')
  return new Set(lines.filter((line) => line !== ''))
}

/** Adds an address. Returns false when it was trusted already. @throws the disk's refusals */
export async function trustRepository(files: Files, commonDir: string, url: string): Promise<boolean> {
  const known = await readTrustedRepositories(files, commonDir)
  if (known.has(url)) return false
  const text = [...known, url].map((each) => `${each}\n`).join('')
  await files.makeFolder(join(commonDir, 'mlv'))
  await writeFileDurably(files, trustFile(commonDir), Buffer.from(text), { permissions: 0o600, replace: true })
  return true
}

function trustFile(commonDir: string): string {
  return join(commonDir, 'mlv', 'trusted-repositories')
}
