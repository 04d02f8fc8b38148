/**
 * Comparisons as GitHub-flavoured Markdown for a pull request.
 *
 * Untrusted text stands only inside code, where mentions, references, images, links, math and HTML do nothing. A
 * comment of GitHub holds 65,536 characters, so rows beyond 65,000 are cut and counted.
 */
import { isWithoutDifference } from '../../src/domain/comparison.ts'
import { comparisonSections, unchangedText } from './comparison-sections.ts'
import type { ComparisonRow, ComparisonSection } from './comparison-sections.ts'
import type { ComparisonView } from './comparison-text.ts'
import { codeBlock, codeSpan, tableCode } from './markdown-code.ts'

const LIMIT_CHARACTERS = 65_000
/** Room for the last line, which tells how many rows were cut. */
const RESERVED_CHARACTERS = 100

/** Writes a comparison as Markdown, one string a line, at most 65,000 characters in all. */
export function comparisonMarkdown(view: ComparisonView): readonly string[] {
  const title = `### ${codeSpan(view.base)} → ${codeSpan(view.head)}`
  const unchanged = unchangedText(view.comparison)
  const end = unchanged === undefined ? [] : ['', `_${unchanged}_`]
  if (isWithoutDifference(view.comparison)) return [title, '', 'No differences.', ...end]
  const used = lengthOf([title, ...end]) + RESERVED_CHARACTERS
  const blocks = comparisonSections(view.comparison).flatMap((section) => blocksOf(section, view.codeStat))
  const { lines, cut } = fitting(blocks, LIMIT_CHARACTERS - used)
  return [title, ...lines, ...end, ...(cut === 0 ? [] : ['', `${cut} rows cut`])]
}

/** Lines that stay together or are cut together, and how many rows are lost when they are. */
interface Block {
  readonly lines: readonly string[]
  readonly rows: number
}

function blocksOf(section: ComparisonSection, codeStat: string | undefined): readonly Block[] {
  const head = ['', `#### ${titleCase(section.title)}`, '', '| | base | head | |', '|---|---|---|---|']
  const rows = section.rows.map((row) => ({ lines: [tableRow(row)], rows: 1 }))
  const stat = section.title === 'code' && codeStat !== undefined ? [statBlock(codeStat)] : []
  return [{ lines: head, rows: 0 }, ...rows, ...stat]
}

function tableRow({ subject, base, head, remark }: ComparisonRow): string {
  const cells = [tableCode(subject), sideCell(base), sideCell(head), remark ?? '']
  return `| ${cells.join(' | ')} |`
}

function sideCell(side: string | undefined): string {
  return side === undefined ? '' : tableCode(side)
}

function statBlock(codeStat: string): Block {
  const lines = codeBlock(codeStat.trimEnd())
  return { lines: ['', ...lines], rows: lines.length }
}

/** Takes blocks while they fit; once one does not, the rest is cut, so that no row stands under another's title. */
function fitting(blocks: readonly Block[], limit: number): { readonly lines: readonly string[]; readonly cut: number } {
  const lines: string[] = []
  let used = 0
  for (const [index, block] of blocks.entries()) {
    used += lengthOf(block.lines)
    if (used > limit) return { lines, cut: blocks.slice(index).reduce((sum, { rows }) => sum + rows, 0) }
    lines.push(...block.lines)
  }
  return { lines, cut: 0 }
}

function lengthOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length + 1, 0)
}

function titleCase(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1)
}
