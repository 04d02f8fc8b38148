/**
 * Sizes on the command line.
 */
import { sizeOfText } from '../src/base/size-text.ts'
import { refuse } from '../src/domain/failure.ts'

/** Reads a size such as `50MB` in bytes. @throws `usage-invalid` naming the option */
export function parseSize(option: string, given: string): number {
  const sizeBytes = sizeOfText(given)
  if (sizeBytes !== undefined) return sizeBytes
  throw refuse('usage-invalid', { problem: `${option} takes a size such as 50MB or 1GiB, not '${given}'` })
}
