/**
 * Where bugs stop. An assertion that fails is a defect in mlv, never something a user did.
 */

/** Stops the program when a condition that the code itself guarantees does not hold. */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new Error(`bug in mlv: expected ${claim}`)
}

/** Closes a switch over a union: a new member fails to compile here. */
export function unreachable(value: never): never {
  throw new Error(`bug in mlv: unreachable value ${JSON.stringify(value)}`)
}

/** Returns a value that the code itself guarantees to be present. */
export function present<Value>(value: Value | undefined, claim: string): Value {
  if (value === undefined) throw new Error(`bug in mlv: expected ${claim}`)
  return value
}
