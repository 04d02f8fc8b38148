/** How metrics moved, in words. */
import { describe, expect, test } from 'vitest'
import { metricMoveLine, metricMoveLines } from '../../../cli/format/metric-change.ts'
import type { MetricMove } from '../../../cli/format/metric-change.ts'
import { plainText } from '../../../cli/format/line.ts'
import type { Line } from '../../../cli/format/line.ts'
import { parseMetricKey } from '../../../src/domain/key.ts'
import { judge } from '../../../src/domain/metric-verdict.ts'
import type { Goal } from '../../../src/domain/metric.ts'
import { COMMIT } from '../sample-reports.ts'
import { shown } from '../fake-environment.ts'

function move(base: number | undefined, head: number | undefined, goal: Goal, tolerance = 0): MetricMove {
  const rule = { goal, tolerance }
  const verdict = base === undefined || head === undefined ? undefined : judge(rule, base, head)
  return { key: parseMetricKey('val/auc'), rule, base, head, verdict }
}

function stylesOf(line: Line): readonly string[] {
  return line.flatMap((span) => (typeof span === 'string' ? [] : [span.style]))
}

describe('one line a metric', () => {
  test.each([
    [move(0.924, 0.931, 'max'), 'val/auc ↑ 0.9240 -> 0.9310 (+0.0070, better)', 'good'],
    [move(0.924, 0.931, 'min'), 'val/auc ↓ 0.9240 -> 0.9310 (+0.0070, worse)', 'bad'],
    [move(0.924, 0.931, 'none'), 'val/auc 0.9240 -> 0.9310 (+0.0070)', 'faint'],
    [move(0.924, 0.931, 'max', 0.01), 'val/auc ↑ 0.9240 -> 0.9310 (+0.0070, within tolerance)', 'faint'],
    [move(0.5, 0.5, 'max'), 'val/auc ↑ 0.5000 -> 0.5000 (unchanged)', 'faint'],
    [move(0.5, NaN, 'max'), 'val/auc ↑ 0.5000 -> NaN (cannot be compared)', 'warning'],
    [move(undefined, 0.931, 'max'), 'val/auc ↑ 0.9310 (new)', 'faint'],
    [move(0.931, undefined, 'max'), 'val/auc ↑ 0.9310 (gone)', 'faint'],
  ])('%o', (moved, text, style) => {
    const line = metricMoveLine(moved)
    expect(plainText(line)).toBe(text)
    expect(stylesOf(line)).toEqual([style])
  })
})

test('several metrics stand in columns', () => {
  expect(shown(metricMoveLines(COMMIT.changes))).toMatchInlineSnapshot(`
    "
      epoch      3 -> 3             (unchanged)
      latency ↓  21.00 -> 18.25 ms  (-2.75, better)
      val/auc ↑  0.9240 -> 0.9130   (-0.0110, worse)
    "
  `)
})
