/**
 * A chart as a table, for those who do not see it and those who want the numbers.
 */
import { swatchStyle } from '../base/colour.ts'
import { metricText } from '../base/number-text.ts'
import type { LinePlace } from './chart-data.ts'

/** Each run with where it starts, ends, and how far it goes in the range that is seen. */
export function ChartTable({ places }: { places: readonly LinePlace[] }) {
  return (
    <div class="table-box">
      <table class="plain">
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col" class="number">
              Last
            </th>
            <th scope="col" class="number">
              Min
            </th>
            <th scope="col" class="number">
              Max
            </th>
            <th scope="col" class="number">
              Points
            </th>
            <th scope="col" class="number">
              Not finite
            </th>
          </tr>
        </thead>
        <tbody>
          {places.map(({ run, series }) => (
            <tr key={run.id}>
              <th scope="row">
                <span class="swatch" style={swatchStyle(run)} /> {run.title}
              </th>
              <td class="number">{textOf(series.lasts.findLast((value) => value !== null))}</td>
              <td class="number">{textOf(least(series.mins))}</td>
              <td class="number">{textOf(greatest(series.maxs))}</td>
              <td class="number">{series.counts.reduce((sum, count) => sum + count, 0).toLocaleString('en-GB')}</td>
              <td class="number">
                {series.marks.reduce((sum, { nan, positive, negative }) => sum + nan + positive + negative, 0)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function textOf(value: number | null | undefined): string {
  return value == null ? '–' : metricText(value)
}

function least(values: readonly (number | null)[]): number | undefined {
  return values.reduce<number | undefined>(
    (low, one) => (one !== null && (low === undefined || one < low) ? one : low),
    undefined,
  )
}

function greatest(values: readonly (number | null)[]): number | undefined {
  return values.reduce<number | undefined>(
    (high, one) => (one !== null && (high === undefined || one > high) ? one : high),
    undefined,
  )
}
