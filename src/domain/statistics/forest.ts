/**
 * Random forests for regression: Breiman, Random forests, Machine Learning 45 (2001). Small, seeded and exact to
 * repeat: the same samples and seed give the same trees.
 *
 * Inputs are codes (`inputs.ts`), so the best split of a node is found by counting codes and not by sorting samples. A
 * category is split by the order of its means, which is the best of all its splits: Breiman et al., CART (1984), 9.4.
 */
import { MOST_CODES } from './inputs.ts'
import type { Input } from './inputs.ts'
import type { Random } from './random.ts'

/** How a forest is grown. */
export interface ForestOptions {
  readonly trees: number
  /** Inputs that are tried at each split. */
  readonly tried: number
  /** Samples in each leaf, at least. */
  readonly leafLeast: number
}

/** One tree: its nodes side by side, the root first. */
export interface Tree {
  /** The input a node asks for; -1 for a leaf. */
  readonly asks: Int16Array
  /** The node to the left; the one to the right is after it. */
  readonly left: Int32Array
  /** The mean of a leaf's samples. */
  readonly means: Float64Array
  /** For each node and code 1 where it goes right. */
  readonly isRight: Uint8Array
  /** Inputs that some node asks for. */
  readonly used: ReadonlySet<number>
}

/** Grows trees, each on samples drawn with repetition from `samples`: indices into codes and outcomes. */
export function growForest(
  inputs: readonly Input[],
  outcomes: Float64Array,
  samples: Int32Array,
  options: ForestOptions,
  random: Random,
): readonly Tree[] {
  return Array.from({ length: options.trees }, () => {
    const drawn = Int32Array.from(samples, () => samples[Math.floor(random() * samples.length)] ?? 0)
    return new Grower(inputs, outcomes, drawn, options, random).grow()
  })
}

/**
 * Where a tree puts a sample. For the inputs that are `moved`, 1 each, it looks at another sample's value instead, as
 * if the two had been exchanged.
 */
export function leafMean(
  tree: Tree,
  inputs: readonly Input[],
  sample: number,
  moved: Uint8Array,
  other: number,
): number {
  const { asks, left, means, isRight } = tree
  let node = 0
  for (;;) {
    const asked = asks[node] ?? -1
    if (asked < 0) return means[node] ?? 0
    const code = inputs[asked]?.codes[moved[asked] === 1 ? other : sample] ?? 0
    node = (left[node] ?? 0) + (isRight[node * MOST_CODES + code] ?? 0)
  }
}

interface Split {
  readonly input: number
  readonly gain: number
  /** Codes from the least to the greatest mean, or in their own order. */
  readonly order: Uint8Array
  /** How many of them go left. */
  readonly cut: number
  /** Whether a code that no sample of the node has goes right: to the side with more samples. */
  readonly isUnseenRight: boolean
}

/** Grows one tree. */
class Grower {
  readonly #inputs: readonly Input[]
  readonly #outcomes: Float64Array
  readonly #samples: Int32Array
  readonly #options: ForestOptions
  readonly #random: Random
  readonly #candidates: Int32Array
  readonly #counts = new Float64Array(MOST_CODES)
  readonly #sums = new Float64Array(MOST_CODES)
  /** Codes of the node that is looked at. */
  readonly #order = new Uint8Array(MOST_CODES)
  readonly #asks: number[] = []
  readonly #left: number[] = []
  readonly #means: number[] = []
  readonly #routes: Uint8Array[] = []

  constructor(
    inputs: readonly Input[],
    outcomes: Float64Array,
    samples: Int32Array,
    options: ForestOptions,
    random: Random,
  ) {
    this.#inputs = inputs
    this.#outcomes = outcomes
    this.#samples = samples
    this.#options = options
    this.#random = random
    this.#candidates = Int32Array.from(inputs, (_, index) => index)
  }

  grow(): Tree {
    this.#add(0, this.#samples.length)
    const waiting = [{ node: 0, from: 0, until: this.#samples.length }]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { node, from, until } = next
      const split = this.#bestSplit(from, until)
      if (split === undefined) continue
      const middle = this.#divide(node, from, until, split)
      const left = this.#add(from, middle)
      const right = this.#add(middle, until)
      this.#left[node] = left
      waiting.push({ node: right, from: middle, until }, { node: left, from, until: middle })
    }
    const isRight = new Uint8Array(this.#routes.length * MOST_CODES)
    this.#routes.forEach((route, node) => isRight.set(route, node * MOST_CODES))
    return {
      asks: Int16Array.from(this.#asks),
      left: Int32Array.from(this.#left),
      means: Float64Array.from(this.#means),
      isRight,
      used: new Set(this.#asks.filter((input) => input >= 0)),
    }
  }

  /** Adds a leaf for some samples. */
  #add(from: number, until: number): number {
    let sum = 0
    for (let at = from; at < until; at += 1) sum += this.#outcomes[this.#samples[at] ?? 0] ?? 0
    this.#asks.push(-1)
    this.#left.push(0)
    this.#routes.push(NO_ROUTE)
    return this.#means.push(sum / (until - from)) - 1
  }

  /** Tries inputs by chance until enough were tried and one of them splits; `undefined` when none does. */
  #bestSplit(from: number, until: number): Split | undefined {
    if (until - from < 2 * this.#options.leafLeast) return undefined
    const candidates = this.#candidates
    let best: Split | undefined
    for (let tried = 0; tried < candidates.length; tried += 1) {
      if (tried >= this.#options.tried && best !== undefined) break
      const other = tried + Math.floor(this.#random() * (candidates.length - tried))
      const input = candidates[other] ?? 0
      candidates[other] = candidates[tried] ?? 0
      candidates[tried] = input
      const split = this.#splitOf(input, from, until, best?.gain ?? 0)
      if (split !== undefined) best = split
    }
    return best
  }

  /** The best split by one input, when it gains more than `least`. */
  #splitOf(input: number, from: number, until: number, least: number): Split | undefined {
    const codes = this.#countCodes(input, from, until)
    if (codes < 2) return undefined
    const [order, counts, sums] = [this.#order, this.#counts, this.#sums]
    const total = until - from
    let sum = 0
    for (let at = 0; at < codes; at += 1) sum += sums[order[at] ?? 0] ?? 0
    const { leafLeast } = this.#options
    // What rounding leaves is no gain.
    let gain = Math.max(least, 1e-9)
    let [leftCount, leftSum, cut, leftOfCut] = [0, 0, 0, 0]
    for (let at = 1; at < codes; at += 1) {
      const code = order[at - 1] ?? 0
      leftCount += counts[code] ?? 0
      leftSum += sums[code] ?? 0
      const rightCount = total - leftCount
      if (rightCount < leafLeast) break
      if (leftCount < leafLeast) continue
      const rightSum = sum - leftSum
      const gained = (leftSum * leftSum) / leftCount + (rightSum * rightSum) / rightCount - (sum * sum) / total
      if (gained <= gain) continue
      gain = gained
      cut = at
      leftOfCut = leftCount
    }
    if (cut === 0) return undefined
    return { input, gain, order: order.slice(0, codes), cut, isUnseenRight: 2 * leftOfCut < total }
  }

  /** Counts the codes of a node and sums their outcomes. How many there are: they are in the order they split in. */
  #countCodes(input: number, from: number, until: number): number {
    const { codes, kind } = this.#inputs[input] ?? NO_INPUT
    const [counts, sums, order] = [this.#counts.fill(0), this.#sums.fill(0), this.#order]
    let [least, most] = [MOST_CODES, 0]
    for (let at = from; at < until; at += 1) {
      const sample = this.#samples[at] ?? 0
      const code = codes[sample] ?? 0
      counts[code] = (counts[code] ?? 0) + 1
      sums[code] = (sums[code] ?? 0) + (this.#outcomes[sample] ?? 0)
      if (code < least) least = code
      if (code > most) most = code
    }
    let seen = 0
    for (let code = least; code <= most; code += 1) {
      if ((counts[code] ?? 0) === 0) continue
      order[seen] = code
      seen += 1
    }
    if (kind === 'category') {
      const mean = (code: number): number => (sums[code] ?? 0) / (counts[code] ?? 1)
      order.subarray(0, seen).sort((left, right) => mean(left) - mean(right) || left - right)
    }
    return seen
  }

  /** Puts the samples that go left before those that go right, and tells where the latter begin. */
  #divide(node: number, from: number, until: number, split: Split): number {
    const { kind, codes } = this.#inputs[split.input] ?? NO_INPUT
    const route = routeOf(split, kind)
    this.#asks[node] = split.input
    this.#routes[node] = route
    let [left, right] = [from, until - 1]
    while (left <= right) {
      const sample = this.#samples[left] ?? 0
      if (route[codes[sample] ?? 0] === 0) {
        left += 1
        continue
      }
      this.#samples[left] = this.#samples[right] ?? 0
      this.#samples[right] = sample
      right -= 1
    }
    return left
  }
}

const NO_ROUTE = new Uint8Array(MOST_CODES)
const NO_INPUT: Pick<Input, 'codes' | 'kind'> = { codes: new Uint8Array(0), kind: 'number' }

/** For each code 1 where it goes right. */
function routeOf({ order, cut, isUnseenRight }: Split, kind: Input['kind']): Uint8Array {
  const route = new Uint8Array(MOST_CODES)
  if (kind === 'number') return route.fill(1, order[cut] ?? 0)
  route.fill(isUnseenRight ? 1 : 0)
  order.forEach((code, place) => (route[code] = place < cut ? 0 : 1))
  return route
}
