/**
 * What the server itself says no to, and how every refusal is answered. No answer ever tells where code is, or holds a
 * stack.
 */
import { Failure } from '../domain/failure.ts'
import type { FailureDetail } from '../domain/failure.ts'
import type { WireFailure } from './wire.ts'

/** A refusal of the server: a status of HTTP, and words. */
export class ServerRefusal extends Error {
  override readonly name = 'ServerRefusal'
  readonly status: number
  /** Begins with `server-`. */
  readonly code: string
  readonly why: string
  readonly next: string | null
  /** Where a browser that shows the refusal goes by itself. */
  readonly leadTo: string | undefined

  constructor(
    status: number,
    code: `server-${string}`,
    words: { readonly what: string; readonly why: string; readonly next?: string; readonly leadTo?: string },
  ) {
    super(words.what)
    this.status = status
    this.code = code
    this.why = words.why
    this.next = words.next ?? null
    this.leadTo = words.leadTo
  }
}

/** A request that was not understood. */
export function badRequest(why: string): ServerRefusal {
  return new ServerRefusal(400, 'server-request', { what: 'the request is not understood', why })
}

/** An answer that is a refusal. */
export interface RefusalAnswer {
  readonly status: number
  readonly body: WireFailure
  /** Nobody refused: the server has a defect. */
  readonly isBug: boolean
  /** Where a browser goes by itself; never told to a program. */
  readonly leadTo?: string
}

/** Answers whatever was caught; `nextOf` tells what to type after a refusal of mlv. */
export function refusalAnswer(caught: unknown, nextOf: (detail: FailureDetail) => string): RefusalAnswer {
  if (caught instanceof ServerRefusal) {
    const { status, code, message, why, next, leadTo } = caught
    const body = { error: { code, what: message, why, next } }
    return { status, body, isBug: false, ...(leadTo === undefined ? {} : { leadTo }) }
  }
  if (caught instanceof Failure) {
    const { code, message, why, detail } = caught
    return { status: statusOf(code), body: { error: { code, what: message, why, next: nextOf(detail) } }, isBug: false }
  }
  const why = 'mlv met something its authors did not foresee; what was acknowledged before is safe'
  const next = "start 'mlv ui' with MLV_DEBUG=1 and report what it prints"
  return { status: 500, body: { error: { code: 'bug', what: 'the answer failed', why, next } }, isBug: true }
}

const CONFLICTS: ReadonlySet<string> = new Set([
  'branch-moved',
  'branch-checked-out',
  'lock-timeout',
  'name-taken',
  'version-retired',
  'rollback-exhausted',
])

function statusOf(code: string): number {
  if (code.endsWith('-not-found') || code === 'object-missing') return 404
  if (CONFLICTS.has(code)) return 409
  if (code === 'disk-full') return 507
  return /^(?:disk-|repository-|too-many-|permission-|remote-|object-|digest-)/.test(code) ? 500 : 400
}
