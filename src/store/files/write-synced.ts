/**
 * Creates a file and makes its bytes durable. Its name becomes durable when its folder is synced.
 */
import type { Files } from './files.ts'

/** Creates a file, writes it whole and syncs it; fails with `EEXIST` when it is there. */
export async function writeSynced(
  files: Files,
  path: string,
  content: Uint8Array | string,
  permissions?: number,
): Promise<void> {
  const file = await files.open(path, 'create', permissions)
  try {
    await file.write(typeof content === 'string' ? Buffer.from(content, 'utf8') : content)
    await file.sync()
  } finally {
    await file.close()
  }
}
