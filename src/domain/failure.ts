/**
 * Refusals: the one error mlv throws on purpose, with a code from the closed list in failure-data.ts.
 *
 * A bug is not a failure: use `assert`. Absence is not a failure: return `undefined`.
 */
import type { FailureCode, FailureData, FailureMessage } from './failure-data.ts'
import { messages } from './failure-messages.ts'

/** A refusal with its data, for `switch` on `code`. */
export type FailureDetail = {
  readonly [Code in FailureCode]: { readonly code: Code; readonly data: FailureData[Code] }
}[FailureCode]

/** The one error class mlv throws on purpose. The cause keeps what a lower layer said; it is never pasted into text. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode
  /** Code and data together, narrowed by `switch (failure.detail.code)`. */
  readonly detail: FailureDetail
  /** Why this is refused, one sentence without a full stop. */
  readonly why: string

  constructor(detail: FailureDetail, options?: { readonly cause?: unknown }) {
    const { what, why } = messageOf(detail)
    super(what, options)
    this.code = detail.code
    this.detail = detail
    this.why = why
  }
}

/** Makes a refusal: `throw refuse('run-not-found', { text, closest })`. */
export function refuse<Code extends FailureCode>(code: Code, data: FailureData[Code], cause?: unknown): Failure {
  return new Failure({ code, data } as unknown as FailureDetail, cause === undefined ? undefined : { cause })
}

/** Tells whether something caught is the refusal with this code. */
export function isFailure<Code extends FailureCode>(
  caught: unknown,
  code: Code,
): caught is Failure & { readonly detail: Extract<FailureDetail, { readonly code: Code }> } {
  return caught instanceof Failure && caught.code === code
}

function messageOf(detail: FailureDetail): FailureMessage {
  const message = messages[detail.code] as (data: never) => FailureMessage
  return message(detail.data as never)
}
