/**
 * What is under the pointer, beside it and in words for those who do not see it.
 */
import { px } from '../base/pixels.ts'
import { cellText, runTitle } from '../base/wire-value.ts'
import type { FullRow } from '../runs/row-source.ts'
import { anyFieldTitle } from './plot-axis.ts'

/** A run and some of its values. */
export function hoverText(row: FullRow, fields: readonly string[]): string {
  const values = fields.flatMap((field) => {
    const cell = row.cells.get(field)
    return cell == null ? [] : [`${anyFieldTitle(field)} ${cellText(cell, field)}`]
  })
  return [runTitle(row.head), ...values].join(' · ')
}

interface PlotTipProps {
  readonly row: FullRow
  readonly fields: readonly string[]
  readonly left: number
  readonly top: number
  /** How wide and high the plot is, so that the tip stays within. */
  readonly room: number
  readonly height: number
}

/** A box beside the pointer. */
export function PlotTip({ row, fields, left, top, room, height }: PlotTipProps) {
  const [isRight, isLow] = [left > room / 2, top > height / 2]
  const place = {
    left: px(isRight ? left - 14 : left + 14),
    top: px(isLow ? top - 6 : top + 6),
    transform: `translate(${isRight ? '-100%' : '0'}, ${isLow ? '-100%' : '0'})`,
  }
  return (
    <div class="tip" style={place}>
      <p class="nearest">
        <span class="tip-name">{runTitle(row.head)}</span>
      </p>
      {fields.map((field) => {
        const cell = row.cells.get(field)
        return (
          <p key={field}>
            <span class="tip-name">{anyFieldTitle(field)}</span>
            <span class="number">{cell == null ? 'no value' : cellText(cell, field)}</span>
          </p>
        )
      })}
    </div>
  )
}
