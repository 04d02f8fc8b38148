/**
 * Comparisons for a terminal.
 */
import { isWithoutDifference } from '../../src/domain/comparison.ts'
import type { Comparison } from '../../src/domain/comparison.ts'
import { alignedRows } from './columns.ts'
import { comparisonSections, unchangedText } from './comparison-sections.ts'
import type { ComparisonRow, ComparisonSection } from './comparison-sections.ts'
import { styled } from './line.ts'
import type { Line, Span } from './line.ts'

/** What is shown of a comparison. */
export interface ComparisonView {
  /** The two sides as the reader named them. */
  readonly base: string
  readonly head: string
  readonly comparison: Comparison
  /** What `git diff --stat` says of the code; absent when the code is the same or not here. */
  readonly codeStat: string | undefined
}

/** Writes a comparison as aligned sections, only those with a difference. */
export function comparisonText(view: ComparisonView): readonly Line[] {
  const title: Line = [styled('strong', view.base), ' -> ', styled('strong', view.head)]
  const unchanged = unchangedText(view.comparison)
  const summary: readonly Line[] = unchanged === undefined ? [] : [[], [styled('faint', unchanged)]]
  if (isWithoutDifference(view.comparison)) return [title, ['no differences'], ...summary]
  const sections = comparisonSections(view.comparison).flatMap((section) => sectionLines(section, view.codeStat))
  return [title, ...sections, ...summary]
}

function sectionLines(section: ComparisonSection, codeStat: string | undefined): readonly Line[] {
  const stat = section.title === 'code' ? statLines(codeStat) : []
  return [[], [styled('subject', section.title)], ...alignedRows(section.rows.map(cellsOf), '  '), ...stat]
}

function cellsOf({ subject, base, head, remark, style }: ComparisonRow): readonly Span[] {
  const values = [base, head].filter((side) => side !== undefined).join(' -> ')
  return [subject, values, ...(remark === undefined ? [] : [styled(style ?? 'faint', `(${remark})`)])]
}

function statLines(codeStat: string | undefined): readonly Line[] {
  const lines = (codeStat ?? '').split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => ['  ', line.trim()])
}
