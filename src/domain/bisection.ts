/**
 * Bisection: which of a line of commits is the first bad one, when only some of them have been tried.
 *
 * Places count from 0, which is good, to the last, which is bad. What is known already costs nothing and is used first;
 * what cannot be tried is stepped around.
 *
 * Law: where everything before some place is good and the rest is bad, that place is found in at most
 * ceil(log2 n) + 1 tries, whatever was known before.
 */

/** What came of one commit; `skip` when it cannot be tried. */
export type CommitVerdict = 'good' | 'bad' | 'skip'

/** What is known, by place; the first and last place need not be in it. */
export type KnownVerdicts = ReadonlyMap<number, CommitVerdict>

/** What to do next. */
export type BisectionStep =
  | {
      /** Try this place. */
      readonly kind: 'try'
      readonly place: number
      /** The last place known to be good, and the first known to be bad after it. */
      readonly good: number
      readonly bad: number
      /** How many places in between can still be tried. */
      readonly left: number
    }
  | {
      /** The first bad place is among these, in order: one, or several that could not be tried and the one after. */
      readonly kind: 'found'
      readonly good: number
      readonly suspects: readonly number[]
    }

/** What was looked at on the way, in order, and what to do next. */
export interface Bisection {
  /** Places whose verdict was known and narrowed the search. */
  readonly used: readonly number[]
  readonly next: BisectionStep
}

/** Goes as far as what is known leads. `count` is the number of places, at least 2. */
export function bisect(count: number, known: KnownVerdicts): Bisection {
  const used: number[] = []
  let [good, bad] = [0, count - 1]
  for (;;) {
    const place = nearest(
      [...known.keys()].filter((at) => known.get(at) !== 'skip'),
      good,
      bad,
    )
    if (place === undefined) break
    used.push(place)
    if (known.get(place) === 'good') good = place
    else bad = place
  }
  const untried = between(good, bad).filter((at) => !known.has(at))
  const place = nearest(untried, good, bad)
  if (place !== undefined) return { used, next: { kind: 'try', place, good, bad, left: untried.length } }
  return { used, next: { kind: 'found', good, suspects: [...between(good, bad), bad] } }
}

/** How many more tries it takes at most, when none is skipped. */
export function triesFor(left: number): number {
  return Math.ceil(Math.log2(left + 1))
}

/** Places known to be otherwise than the line would have it: a good one from the first bad on, a bad one before it. */
export function contradictions(known: KnownVerdicts, firstBad: number): readonly number[] {
  return [...known]
    .filter(([place, verdict]) => verdict === (place >= firstBad ? 'good' : 'bad'))
    .map(([place]) => place)
    .sort((left, right) => left - right)
}

/** The place strictly between two that is nearest to the middle; of two the earlier. */
function nearest(places: readonly number[], good: number, bad: number): number | undefined {
  const middle = (good + bad) / 2
  const inside = places.filter((place) => place > good && place < bad)
  return inside.sort((left, right) => Math.abs(left - middle) - Math.abs(right - middle) || left - right)[0]
}

function between(good: number, bad: number): readonly number[] {
  return Array.from({ length: bad - good - 1 }, (_, index) => good + 1 + index)
}
