/**
 * Refusals as a test wants to see them: the code and the first line a person reads.
 */
import { Failure } from '../../src/domain/failure.ts'

/** Runs what must be refused and returns `code: first line`; fails when it was not refused. */
export function refusalOf(action: () => unknown): string {
  try {
    action()
  } catch (caught) {
    if (caught instanceof Failure) return `${caught.code}: ${caught.message}`
    throw caught
  }
  throw new Error('expected a refusal, but nothing was refused')
}

/** The refusal's code alone, or `accepted`. */
export function verdictOn(action: () => unknown): string {
  try {
    action()
    return 'accepted'
  } catch (caught) {
    if (caught instanceof Failure) return caught.code
    throw caught
  }
}

/** What a promise was refused with, code and data; fails when it was not refused. */
export async function refusedWith(work: Promise<unknown>): Promise<Pick<Failure['detail'], 'code' | 'data'>> {
  try {
    await work
  } catch (caught) {
    if (caught instanceof Failure) return caught.detail
    throw caught
  }
  throw new Error('expected a refusal, but nothing was refused')
}
