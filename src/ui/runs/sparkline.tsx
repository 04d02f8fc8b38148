/**
 * A curve as small as a word.
 */

/** Values from left to right; `null` is a gap. */
export type Curve = readonly (number | null)[]

const [WIDTH, HEIGHT, EDGE] = [52, 18, 2]

/** Draws a curve on its own scale: which way it went, not how far. The value beside it says that. */
export function Sparkline({ values }: { values: Curve }) {
  return (
    <svg class="sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
      <path d={pathOf(values)} fill="none" stroke="currentColor" stroke-width="1.25" />
    </svg>
  )
}

/** The strokes of a curve, broken at its gaps. */
export function pathOf(values: Curve): string {
  const numbers = values.filter((value) => value !== null)
  const [least, greatest] = [Math.min(...numbers), Math.max(...numbers)]
  const height = greatest - least
  const x = (index: number): number => EDGE + (index * (WIDTH - 2 * EDGE)) / Math.max(1, values.length - 1)
  const y = (value: number): number =>
    height > 0 ? EDGE + ((greatest - value) * (HEIGHT - 2 * EDGE)) / height : HEIGHT / 2
  let path = ''
  for (const [index, value] of values.entries()) {
    if (value === null) continue
    const isBroken = index === 0 || values[index - 1] === null
    path += `${isBroken ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`
    // A value on its own is a dot.
    if (isBroken && values[index + 1] == null) path += 'h1'
  }
  return path
}
