/**
 * Servers that a person told this clone to trust, kept below `.git/mlv`: a fetch never brings one along.
 *
 * A line binds what named the server (the host of a remote, or `s3` for the branch itself) to scheme, host and port.
 */
import { join } from 'node:path'
import { withDiskFailures } from '../store/files/disk-failure.ts'
import type { Files } from '../store/files/files.ts'
import { writeFileDurably } from '../store/files/safe-write.ts'

/** What a server was named by: a remote's host as `lfsHostOf` has it, or `s3` for an address on the branch. */
export interface TrustedHost {
  readonly namedBy: string
  /** Scheme, host and port. */
  readonly host: string
}

/** Reads the list; empty when nothing was trusted yet. Lines that are none are left out. */
export async function readTrustedHosts(files: Files, commonDir: string): Promise<readonly TrustedHost[]> {
  const path = trustFile(commonDir)
  if ((await files.lstat(path))?.kind !== 'file') return []
  const bytes = await withDiskFailures(path, 'reading', () => files.readFile(path))
  return Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .flatMap((line) => {
      const [namedBy, host, ...rest] = line.split(' ')
      return namedBy === undefined || host === undefined || host === '' || rest.length > 0 ? [] : [{ namedBy, host }]
    })
}

/** The hosts that something may name. */
export function hostsTrustedFor(trusted: readonly TrustedHost[], namedBy: string): ReadonlySet<string> {
  return new Set(trusted.filter((one) => one.namedBy === namedBy).map(({ host }) => host))
}

/** Adds a server. Returns false when it was trusted already. @throws the disk's refusals */
export async function trustHost(files: Files, commonDir: string, added: TrustedHost): Promise<boolean> {
  const known = await readTrustedHosts(files, commonDir)
  if (known.some(({ namedBy, host }) => namedBy === added.namedBy && host === added.host)) return false
  const text = [...known, added].map(({ namedBy, host }) => `${namedBy} ${host}\n`).join('')
  await files.makeFolder(join(commonDir, 'mlv'))
  const options = { permissions: 0o600, replace: true }
  await writeFileDurably(files, trustFile(commonDir), Buffer.from(text, 'utf8'), options)
  return true
}

function trustFile(commonDir: string): string {
  return join(commonDir, 'mlv', 'trusted-hosts')
}
