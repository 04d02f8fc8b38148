/**
 * Which way a metric is better, said in words: arrows are read as what a value did, and not as what is wished for.
 */
import type { WireRule } from '../../server/wire.ts'

/** `goal max` or `goal min`, small, beside the name of a metric; nothing where neither way is better. */
export function GoalWord({ goal }: { goal: WireRule['goal'] | null | undefined }) {
  const says = betterText(goal)
  if (says === '') return null
  return (
    <span class="goal" title={says}>
      goal {goal}
    </span>
  )
}

/** The same as a sentence without its verb; empty where neither way is better. */
export function betterText(goal: WireRule['goal'] | null | undefined): string {
  return goal === 'max' ? 'higher is better' : goal === 'min' ? 'lower is better' : ''
}
