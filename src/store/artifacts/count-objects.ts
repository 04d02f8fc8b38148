/**
 * How much the artifact store holds, told by names and sizes alone.
 */
import { join } from 'node:path'
import { parseSha256 } from '../../base/digest.ts'
import { withDiskFailures } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'
import { forEachAtOnce } from './at-once.ts'
import { objectsFolder } from './object-layout.ts'

const FOLDERS_AT_ONCE = 16

/** Counts objects and their bytes. @throws `permission-denied`, `disk-failed`, `too-many-open-files` */
export async function countObjects(
  files: Files,
  commonDir: string,
): Promise<{ readonly count: number; readonly sizeBytes: number }> {
  const root = objectsFolder(commonDir)
  return withDiskFailures(root, 'reading', async () => {
    let count = 0
    let sizeBytes = 0
    await forEachAtOnce(await files.readFolder(root), FOLDERS_AT_ONCE, async ({ name: first }) => {
      for (const { name: second } of await files.readFolder(join(root, first))) {
        for (const { name, kind } of await files.readFolder(join(root, first, second))) {
          if (kind !== 'file' || parseSha256(name) === undefined) continue
          // Read before it is added: `+=` around an await would lose what others add meanwhile.
          const stat = await files.lstat(join(root, first, second, name))
          count += 1
          sizeBytes += stat?.sizeBytes ?? 0
        }
      }
    })
    return { count, sizeBytes }
  })
}
