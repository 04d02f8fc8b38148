/**
 * Where tests write: one folder for a whole run, which goes away at its end with all that any test has left.
 *
 * In memory where there is room: tests make and remove many thousands of files, and a file system on a disk looks long
 * for each new one while it keeps the place of the old. `TMPDIR=/var/tmp npx vitest run` tests on the disk it names.
 */
import { mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Files in memory on Linux. */
const MEMORY = '/dev/shm'

/** The largest tests write a hundred megabytes at a time. */
const ROOM_BYTES = 4 * 1024 ** 3

/** Makes the folder before the workers start; they are told by `TMPDIR`. Removes it when all is done. */
export function setup(): () => void {
  const before = process.env['TMPDIR']
  const folder = mkdtempSync(join(before ?? (hasRoom(MEMORY) ? MEMORY : tmpdir()), 'mlv-tests-'))
  process.env['TMPDIR'] = folder
  return () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
  }
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize >= ROOM_BYTES
  } catch {
    return false
  }
}
