/**
 * A checked change of the registry: one line a rule, broken ones first; and the same for the summary of a job.
 */
import type { GateStatus } from '../../src/domain/review/gate.ts'
import { isPassed } from '../../src/domain/review/request-check.ts'
import type { CheckReport } from '../../src/domain/review/request-check.ts'
import { alignedRows } from './columns.ts'
import { gateWords } from './gate-text.ts'
import { styled } from './line.ts'
import type { Line, Style } from './line.ts'
import { codeSpan, tableCode } from './markdown-code.ts'

const STYLES: { readonly [S in GateStatus]: Style } = { failed: 'bad', noted: 'warning', passed: 'good' }
const RANK: { readonly [S in GateStatus]: number } = { failed: 0, noted: 1, passed: 2 }
const ICONS: { readonly [S in GateStatus]: string } = { failed: '❌', noted: '⚠️', passed: '✅' }

/** Writes what was checked for a terminal. */
export function checkText(report: CheckReport): readonly Line[] {
  const rows = rowsOf(report)
  const failed = rows.filter(({ status }) => status === 'failed').length
  return [
    [styled('strong', report.head), ` into ${report.base}`],
    ...alignedRows(
      rows.map(({ status, rule, subject, note }) => [styled(STYLES[status], status), rule, subject, note]),
      '  ',
    ),
    isPassed(report)
      ? [styled('good', `passed: all of ${rows.length}`)]
      : [styled('bad', `failed: ${failed} of ${rows.length}`)],
  ]
}

/** Writes the same as Markdown, one string a line: what anybody may have named stands in code. */
export function checkMarkdown(report: CheckReport): readonly string[] {
  const verdict = isPassed(report) ? '✅ may be merged' : '❌ must not be merged'
  const rows = rowsOf(report).map(({ status, rule, subject, note }) => {
    const cells = [ICONS[status], rule, subject === '' ? '' : tableCode(subject), note === '' ? '' : tableCode(note)]
    return `| ${cells.join(' | ')} |`
  })
  return [
    `### ${verdict}: ${codeSpan(report.head)} into ${codeSpan(report.base)}`,
    '',
    '| | rule | of | found |',
    '|---|---|---|---|',
    ...rows,
  ]
}

interface Row {
  readonly status: GateStatus
  readonly rule: string
  readonly subject: string
  readonly note: string
}

function rowsOf({ results, judged }: CheckReport): readonly Row[] {
  const gates = judged.flatMap(({ subject, gates: own, metrics }) =>
    own.map((gate): Row => {
      const words = gateWords(gate, metrics)
      const found = words.found === '' ? '' : `, is ${words.found}`
      const why = gate.note === undefined ? '' : ` (${gate.note})`
      return { status: gate.status, rule: 'gate', subject, note: `${words.subject} ${words.asked}${found}${why}` }
    }),
  )
  return [...results, ...gates].sort((left, right) => RANK[left.status] - RANK[right.status])
}
