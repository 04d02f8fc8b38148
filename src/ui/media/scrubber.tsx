/**
 * One slider over the steps that images were logged at, for all of them together.
 */

interface ScrubberProps {
  readonly steps: readonly number[]
  readonly step: number
  readonly onStep: (step: number) => void
}

/** A slider over steps; the arrow keys move it by one. */
export function Scrubber({ steps, step, onStep }: ScrubberProps) {
  const place = Math.max(
    0,
    steps.findLastIndex((each) => each <= step),
  )
  const to = (next: number): void => onStep(steps[Math.min(steps.length - 1, Math.max(0, next))] ?? step)
  return (
    <span class="scrubber">
      <button aria-label="The step before" disabled={place === 0} onClick={() => to(place - 1)}>
        ‹
      </button>
      <input
        type="range"
        aria-label="Step"
        aria-valuetext={`step ${steps[place] ?? 0}`}
        min={0}
        max={steps.length - 1}
        value={place}
        onInput={({ currentTarget }) => to(Number(currentTarget.value))}
      />
      <button aria-label="The next step" disabled={place >= steps.length - 1} onClick={() => to(place + 1)}>
        ›
      </button>
      <output>
        step {(steps[place] ?? 0).toLocaleString('en-GB')}{' '}
        <span class="muted">
          ({place + 1} of {steps.length})
        </span>
      </output>
    </span>
  )
}
