/**
 * Trying again: what a busy or distant server needs, and no more. A server that says when is believed, up to a bound.
 */
import { parseHttpDate } from '../base/clock.ts'
import type { Clock, Entropy } from '../base/clock.ts'
import { Failure, isFailure } from '../domain/failure.ts'

/** How long to wait is chance, so that many clients do not come back at once. */
export interface RetryWorld {
  readonly entropy: Entropy
  readonly clock: Clock
  /** Waits; a test does not. */
  readonly wait: (ms: number) => Promise<void>
}

const MOST_TRIES = 8
/** Some three seconds. */
const TRIES_OF_NOBODY = 4
/** What node and ssh say when there is nobody to be busy: the network is away, or the server is. */
const NOBODY_CODES: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
])
const NOBODY_WORDS = /: (?:Connection refused|Network is unreachable|No route to host)|Could not resolve hostname/
const FIRST_WAIT_MS = 200
const LONGEST_WAIT_MS = 30_000

/**
 * Runs work until it succeeds, fails for good, or has failed so often in a row without getting further.
 *
 * @param progress counts something that grows while the work gets further; growth starts the count of tries anew.
 * @param mostTries eight, unless whoever called tries again too
 */
export async function retrying<Result>(
  world: RetryWorld,
  work: () => Promise<Result>,
  progress: () => number = () => 0,
  mostTries = MOST_TRIES,
): Promise<Result> {
  let tries = 0
  let reached = progress()
  for (;;) {
    try {
      return await work()
    } catch (caught) {
      tries = progress() > reached ? 1 : tries + 1
      reached = progress()
      // Who works without a network is told so at once. A server that was there a moment ago is waited for.
      const most = reached === 0 && isNobodyThere(caught) ? Math.min(TRIES_OF_NOBODY, mostTries) : mostTries
      if (!isPassing(caught) || tries >= most) throw caught
      await world.wait(waitMs(world, tries, retryAfterMs(caught, world.clock)))
    }
  }
}

/** How long a server asked to be left alone, as `Retry-After` says it (RFC 9110, 10.2.3); in milliseconds. */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined
  if (/^[0-9]{1,6}$/.test(text)) return Number(text) * 1000
  const atMs = parseHttpDate(text)
  return atMs === undefined ? undefined : Math.max(0, atMs - nowMs)
}

function isNobodyThere(caught: unknown): boolean {
  if (!isFailure(caught, 'remote-unreachable')) return false
  const { problem } = caught.detail.data
  return NOBODY_CODES.has(problem) || NOBODY_WORDS.test(problem)
}

function isPassing(caught: unknown): boolean {
  if (!(caught instanceof Failure)) return false
  const { detail } = caught
  if (detail.code === 'remote-unreachable') return true
  return detail.code === 'remote-refused' && isPassingStatus(detail.data.status)
}

/** Busy, or broken for now: not what a second try would answer alike. */
function isPassingStatus(status: number | undefined): boolean {
  return status === 408 || status === 429 || (status !== undefined && status >= 500 && status !== 501 && status !== 507)
}

function retryAfterMs(caught: unknown, clock: Clock): number | undefined {
  if (!(caught instanceof Failure) || caught.detail.code !== 'remote-refused') return undefined
  return parseRetryAfter(caught.detail.data.retryAfter, clock.nowMs())
}

function waitMs({ entropy }: RetryWorld, tries: number, asked: number | undefined): number {
  if (asked !== undefined) return Math.min(asked, LONGEST_WAIT_MS)
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries)
  const [chance = 0] = entropy.randomBytes(1)
  return longest / 2 + (longest / 2) * (chance / 255)
}
