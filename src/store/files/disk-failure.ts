/**
 * What the operating system says no with, as refusals. An error it does not know stays as it is: not every `ENOENT` is
 * the user's business, and a bug must not be dressed as a full disk.
 */
import { refuse } from '../../domain/failure.ts'
import type { Failure } from '../../domain/failure.ts'

/** The `code` of a system error such as `ENOENT`; `undefined` for anything else. */
export function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/**
 * Reads a system error as a refusal; `undefined` when it is none of the disk's.
 *
 * @param operation what was being done, as a noun: `writing`, `sync`.
 */
export function asDiskFailure(error: unknown, path: string, operation: string): Failure | undefined {
  const errno = errnoOf(error) ?? ''
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
      return refuse('disk-full', { path }, error)
    case 'EIO':
      return refuse('disk-failed', { path, errno, operation }, error)
    case 'EROFS':
      return refuse('repository-read-only', { folder: path }, error)
    case 'EMFILE':
    case 'ENFILE':
      return refuse('too-many-open-files', { path }, error)
    case 'EACCES':
    case 'EPERM':
      return refuse('permission-denied', { path, operation }, error)
    default:
      return undefined
  }
}

/**
 * Runs an action on the disk and turns what the system refuses into a refusal.
 *
 * @throws `disk-full`, `disk-failed`, `repository-read-only`, `too-many-open-files`, `permission-denied`
 */
export async function withDiskFailures<Result>(
  path: string,
  operation: string,
  action: () => Promise<Result>,
): Promise<Result> {
  try {
    return await action()
  } catch (error) {
    throw asDiskFailure(error, path, operation) ?? error
  }
}
