/**
 * Promotions that wait for a review: each is a branch beside the registry whose diff is one alias file.
 */
import type { AliasName, ModelName } from './name.ts'
import { parseRefName } from './ref-name.ts'
import type { RefName } from './ref-name.ts'

/** Where the branches of requests are. */
export const REQUESTS = 'refs/heads/mlv-promote/'

const NUMBER = /-([1-9][0-9]{0,8})$/

/** `refs/heads/mlv-promote/<model>-<alias>-<n>`. */
export function requestRef(model: ModelName, alias: AliasName, number: number): RefName {
  return parseRefName(`${REQUESTS}${model}-${alias}-${number}`)
}

/** The number after the highest one that a request of this alias ever had, as far as these names tell. */
export function nextRequestNumber(names: readonly string[], model: ModelName, alias: AliasName): number {
  const start = `${model}-${alias}`
  const taken = names.flatMap((name) => {
    const found = NUMBER.exec(name)
    return found !== null && name.slice(0, found.index) === start ? [Number(found[1])] : []
  })
  return Math.max(0, ...taken) + 1
}
