/**
 * What is read out of the answers of forges, each checked.
 */
import type { Value } from '../../base/value.ts'
import { isFailure } from '../../domain/failure.ts'
import { fieldsOf, integerValue, required, textValue } from '../../store/documents/decode.ts'
import type { RestClient } from './rest-client.ts'

const REPLY = 'the answer of the forge'
/** How forges refuse a token of a job, which has no user to ask for. */
const NO_USER: readonly (number | undefined)[] = [401, 403, 404]

/** The name the token speaks for, by the member a forge tells it in; `undefined` for a token without a user. */
export async function ownName(rest: RestClient, member: 'login' | 'username'): Promise<string | undefined> {
  try {
    return textAt(await rest.read('/user'), member)
  } catch (caught) {
    if (isFailure(caught, 'remote-refused') && NO_USER.includes(caught.detail.data.status)) return undefined
    throw caught
  }
}

/** Text inside an answer. @throws `document-malformed` */
export function textAt(value: Value, ...keys: readonly [string, ...string[]]): string {
  const [key, ...rest] = keys
  const [next, ...further] = rest
  const fields = fieldsOf(value, { file: REPLY })
  return next === undefined
    ? required(fields, key, textValue)
    : required(fields, key, (inner) => textAt(inner, next, ...further))
}

/** A whole number inside an answer. @throws `document-malformed` */
export function numberAt(value: Value, key: string): number {
  return required(fieldsOf(value, { file: REPLY }), key, integerValue)
}
