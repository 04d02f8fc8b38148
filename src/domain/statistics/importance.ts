/**
 * How much each parameter counts for a metric: how much worse a random forest foretells runs it has not seen when the
 * values of the parameter are exchanged between them. Half of that, in variances, is the total index of Sobol, Global
 * sensitivity indices, Mathematics and Computers in Simulation 55 (2001): the part the parameter has a hand in.
 *
 * The metric is replaced by its ranks, so that one run that diverged does not decide alone. Forests are grown anew on
 * part of the runs, again and again, and judged on the rest; the intervals are those of Nadeau and Bengio, Inference
 * for the generalization error, Machine Learning 52 (2003), as Molnar et al. (2023) use them for this importance. They
 * tell of other runs, not of these runs alone. Always the same for the same runs in the same order.
 */
import { tiedInputs } from './association.ts'
import { growForest, leafMean } from './forest.ts'
import type { ForestOptions, Tree } from './forest.ts'
import { inputOf } from './inputs.ts'
import type { Input, InputValue, NoInput } from './inputs.ts'
import { seededRandom, shuffledIndices } from './random.ts'
import { rankCorrelation, ranksOf } from './rank.ts'
import type { RankCorrelation } from './rank.ts'
import type { Interval } from './spread.ts'
import { studentPoint } from './student.ts'

/** A metric and parameters, a value of each for each run. */
export interface ImportanceQuestion {
  /** All finite. */
  readonly outcomes: ArrayLike<number>
  /** Asked for one after another, and only for the runs that are looked at: nobody need have them all in memory. */
  readonly parameters: readonly QuestionedParameter[]
}

/** A parameter of a question. */
export interface QuestionedParameter {
  readonly key: string
  /** Its values for some of the runs, told by their places among the outcomes. */
  readonly valuesAt: (places: Uint32Array) => readonly InputValue[]
}

/** Of one parameter. */
export interface ParameterImportance {
  readonly key: string
  readonly kind: Input['kind']
  /**
   * The part of the variance of the metric's ranks that it has a hand in, alone or with others, from 0 to 1; below 0 by
   * chance alone. Parts may sum to more than 1, because what two do together is counted for both.
   */
  readonly importance: Interval
  /** Of its numbers with the metric; absent for categories. */
  readonly correlation: RankCorrelation | undefined
  /** How many values there are. */
  readonly distinct: number
  /** Runs without a value, which is taken for a value of its own. */
  readonly missing: number
}

/** Parameters that go together: each may stand for the others, and only what they count for together is sure. */
export interface TiedParameters {
  readonly keys: readonly string[]
  /** From 0.7 to 1. */
  readonly association: number
  readonly importance: Interval
}

/** A parameter that was not looked at. */
export interface LeftOutParameter {
  readonly key: string
  /** `too-many`: beyond the bound. */
  readonly why: NoInput | 'too-many'
}

/** What was measured. */
export type MeasuredImportance = Extract<Importance, { readonly kind: 'measured' }>

/** What is known of the importance of parameters for a metric. */
export type Importance =
  | {
      readonly kind: 'measured'
      /** Runs that were looked at: a sample by chance where there are more than the bound. */
      readonly runs: number
      /** The part of the variance of the metric's ranks that is foretold of runs that were not seen; at most 1. */
      readonly skill: Interval
      /** The skill is above 0 for sure. If it is not, the importances say nothing. */
      readonly isUseful: boolean
      /** The most important first. */
      readonly parameters: readonly ParameterImportance[]
      readonly tied: readonly TiedParameters[]
      readonly leftOut: readonly LeftOutParameter[]
    }
  | {
      readonly kind: 'refused'
      /** Too few runs; all have the same value of the metric; no parameter differs in a way that can be used. */
      readonly why: 'too-few-runs' | 'constant-metric' | 'no-parameter'
      readonly runs: number
      readonly leftOut: readonly LeftOutParameter[]
    }

/** Below this many runs nothing is told. */
export const LEAST_RUNS = 20
/** Of more runs than this a sample is looked at. */
export const MOST_RUNS = 1_000
/** Of more parameters than this the first are looked at. */
export const MOST_PARAMETERS = 40

const REFITS = 15
const HELD_PART = 0.3
const TREES = 30
// Few runs are exchanged more often, so that which ones happened to meet does not count.
const EXCHANGED = 600
const SEED = 20_240_131
const COLUMNS_A_STEP = 64

/** All of it at once. */
export function measureImportance(question: ImportanceQuestion): Importance {
  const steps = importanceSteps(question)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** The same in steps of some ten milliseconds each, for those who have other things to do between them. */
export function* importanceSteps(question: ImportanceQuestion): Generator<undefined, Importance> {
  const places = sampledPlaces(question.outcomes.length)
  const outcomes = Array.from(places, (place) => question.outcomes[place] ?? NaN)
  const { inputs, leftOut } = yield* inputSteps(question.parameters, places)
  const runs = outcomes.length
  if (runs < LEAST_RUNS) return { kind: 'refused', why: 'too-few-runs', runs, leftOut }
  if (new Set(outcomes).size < 2) return { kind: 'refused', why: 'constant-metric', runs, leftOut }
  if (inputs.length === 0) return { kind: 'refused', why: 'no-parameter', runs, leftOut }
  const tied = tiedInputs(inputs)
  const moved = [...inputs.map((_, index) => [index]), ...tied.map(({ members }) => members)]
  const ranks = ranksOf(outcomes)
  const problem: Problem = { inputs, ranks: centred(ranks), moved }
  const refits: Refit[] = []
  for (let turn = 0; turn < REFITS; turn += 1) {
    refits.push(refit(problem, turn))
    yield undefined
  }
  const intervals = moved.map((_, index) => refitInterval(refits.map(({ drops }) => drops[index] ?? 0)))
  const skill = refitInterval(refits.map((one) => one.skill))
  const measured = inputs.map((input, index): ParameterImportance => {
    const { key, kind, distinct, missing } = input
    const importance = intervals[index] ?? NOTHING
    return { key, kind, distinct, missing, importance, correlation: correlationOf(input, outcomes) }
  })
  return {
    kind: 'measured',
    runs,
    skill: { ...skill, high: Math.min(1, skill.high) },
    isUseful: skill.low > 0,
    parameters: measured.sort((left, right) => right.importance.value - left.importance.value),
    tied: tied.map(({ members, association }, index) => {
      const keys = members.map((member) => inputs[member]?.key ?? '')
      return { keys, association, importance: intervals[inputs.length + index] ?? NOTHING }
    }),
    leftOut,
  }
}

const NOTHING: Interval = { value: 0, low: 0, high: 0 }

interface Inputs {
  readonly inputs: readonly Input[]
  readonly leftOut: readonly LeftOutParameter[]
}

/** The first parameters that differ, and why the others are left out. */
function* inputSteps(parameters: readonly QuestionedParameter[], places: Uint32Array): Generator<undefined, Inputs> {
  const inputs: Input[] = []
  const leftOut: LeftOutParameter[] = []
  for (const [index, { key, valuesAt }] of parameters.entries()) {
    const input = inputOf(key, valuesAt(places))
    if (typeof input === 'string') leftOut.push({ key, why: input })
    else if (inputs.length < MOST_PARAMETERS) inputs.push(input)
    else leftOut.push({ key, why: 'too-many' })
    if (index % COLUMNS_A_STEP === COLUMNS_A_STEP - 1) yield undefined
  }
  return { inputs, leftOut }
}

/** As many runs as there is time for: a sample by chance, in their order. */
function sampledPlaces(count: number): Uint32Array {
  if (count <= MOST_RUNS) return Uint32Array.from({ length: count }, (_, place) => place)
  return Uint32Array.from(shuffledIndices(count, seededRandom(SEED)).slice(0, MOST_RUNS)).sort()
}

interface Problem {
  readonly inputs: readonly Input[]
  /** With a mean of 0 and a variance of 1. */
  readonly ranks: Float64Array
  /** Sets of inputs whose values are exchanged together. */
  readonly moved: readonly (readonly number[])[]
}

interface Refit {
  /** The part of the variance that is foretold of the runs that were held back. */
  readonly skill: number
  /** For each set of inputs, the part of the variance it has a hand in. */
  readonly drops: readonly number[]
}

/** Grows a forest on part of the runs and judges it by the others. */
function refit({ inputs, ranks, moved }: Problem, turn: number): Refit {
  const random = seededRandom(SEED + 1 + turn)
  const order = shuffledIndices(ranks.length, random)
  const heldCount = Math.round(ranks.length * HELD_PART)
  const [held, learned] = [order.subarray(0, heldCount), order.subarray(heldCount)]
  const trees = growForest(inputs, ranks, learned, optionsFor(inputs.length, learned.length), random)
  const judge = new Judge(inputs, ranks, held, trees)
  const error = judge.error()
  const times = Math.min(20, Math.max(2, Math.ceil(EXCHANGED / heldCount)))
  const drops = moved.map((members) => {
    let sum = 0
    for (let time = 0; time < times; time += 1) {
      sum += judge.error({ members, others: shuffledIndices(heldCount, random) })
    }
    // Exchanging the values of all that counts makes two unrelated draws of one: twice the variance apart.
    return (sum / times - error) / 2
  })
  return { skill: 1 - error, drops }
}

function optionsFor(inputs: number, runs: number): ForestOptions {
  const leafLeast = Math.max(3, Math.round(runs / 150))
  return { trees: TREES, tried: Math.max(Math.min(3, inputs), Math.ceil(inputs / 3)), leafLeast }
}

/** What a forest foretells of runs it has not seen. */
class Judge {
  readonly #inputs: readonly Input[]
  readonly #ranks: Float64Array
  readonly #held: Int32Array
  readonly #trees: readonly Tree[]
  /** What each tree says of each run as it is. */
  readonly #plain: readonly Float64Array[]

  constructor(inputs: readonly Input[], ranks: Float64Array, held: Int32Array, trees: readonly Tree[]) {
    this.#inputs = inputs
    this.#ranks = ranks
    this.#held = held
    this.#trees = trees
    const nothing = new Uint8Array(inputs.length)
    this.#plain = trees.map((tree) =>
      Float64Array.from(held, (sample) => leafMean(tree, inputs, sample, nothing, sample)),
    )
  }

  /** The mean of the squares of what it is off by; with the values of some inputs exchanged, if that is asked for. */
  error(exchange?: { readonly members: readonly number[]; readonly others: Int32Array }): number {
    const held = this.#held
    const says = new Float64Array(held.length)
    const moved = new Uint8Array(this.#inputs.length)
    for (const member of exchange?.members ?? []) moved[member] = 1
    this.#trees.forEach((tree, index) => {
      const plain = this.#plain[index] ?? says
      const isMoved = exchange?.members.some((member) => tree.used.has(member)) === true
      for (let at = 0; at < held.length; at += 1) {
        const other = held[exchange?.others[at] ?? at] ?? 0
        says[at] =
          (says[at] ?? 0) + (isMoved ? leafMean(tree, this.#inputs, held[at] ?? 0, moved, other) : (plain[at] ?? 0))
      }
    })
    let sum = 0
    for (let at = 0; at < held.length; at += 1) {
      sum += ((says[at] ?? 0) / this.#trees.length - (this.#ranks[held[at] ?? 0] ?? 0)) ** 2
    }
    return sum / held.length
  }
}

/** The mean over refits; the runs they share make it less sure than as many samples of their own would. */
function refitInterval(values: readonly number[]): Interval {
  const value = values.reduce((sum, one) => sum + one, 0) / values.length
  const variance = values.reduce((sum, one) => sum + (one - value) ** 2, 0) / (values.length - 1)
  const half = studentPoint(values.length - 1) * Math.sqrt((1 / values.length + HELD_PART / (1 - HELD_PART)) * variance)
  return { value, low: value - half, high: value + half }
}

function centred(ranks: Float64Array): Float64Array {
  const mean = (ranks.length + 1) / 2
  const deviation = Math.sqrt(ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0) / ranks.length)
  return ranks.map((rank) => (rank - mean) / deviation)
}

/** Over the runs that have a number. */
function correlationOf({ kind, numbers }: Input, outcomes: readonly number[]): RankCorrelation | undefined {
  if (kind === 'category') return undefined
  const present = outcomes.flatMap((_, index) => (Number.isNaN(numbers[index] ?? NaN) ? [] : [index]))
  const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(present, (index) => values[index] ?? 0)
  return present.length < LEAST_RUNS / 2 ? undefined : rankCorrelation(pick(numbers), pick(outcomes))
}
