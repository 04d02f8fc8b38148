/**
 * What a symbolic link leads to, for messages about it.
 */
import { errnoOf } from '../files/disk-failure.ts'
import type { Files } from '../files/files.ts'

/** Reads a link that was seen a moment ago; another program may have replaced it since. */
export async function linkTarget(files: Files, path: string): Promise<string> {
  try {
    return await files.readLink(path)
  } catch (error) {
    if (errnoOf(error) === undefined) throw error
    return 'a place no longer known'
  }
}
