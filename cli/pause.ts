/**
 * Waiting, for commands that look again and again.
 */

/** How long between two looks, in milliseconds: soon enough for eyes, seldom enough for a disk. */
export const LOOK_EVERY_MS = 250

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}
