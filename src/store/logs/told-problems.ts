/**
 * Problems that stop nothing: told by file and line, and only so many of them, since a program that logs nonsense logs
 * it a million times.
 */

/** Collects what is to be told. */
export interface ToldProblems {
  readonly tell: (problem: string) => void
  /** Tells a problem unless it was told before. */
  readonly tellOnce: (problem: string) => void
  /** What was told, in order; the last line counts what was too much. */
  readonly told: () => readonly string[]
}

const LIMIT_TOLD = 50

/** Starts with nothing to tell. */
export function openTold(): ToldProblems {
  const problems: string[] = []
  const once = new Set<string>()
  let more = 0
  const tell = (problem: string): void => {
    if (problems.length < LIMIT_TOLD) problems.push(problem)
    else more += 1
  }
  return {
    tell,
    tellOnce: (problem) => {
      // The set itself must not grow with the log either.
      if (once.has(problem) || once.size > LIMIT_TOLD) return
      once.add(problem)
      tell(problem)
    },
    told: () => (more === 0 ? problems : [...problems, `${more} more problems of this kind are not shown`]),
  }
}
