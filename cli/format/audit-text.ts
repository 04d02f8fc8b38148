/**
 * An audit for a terminal, as CSV for a spreadsheet and as Markdown for a report: every promotion with what stands
 * behind it, and what does not agree.
 */
import type { AuditEvent, AuditProblem, AuditReport } from '../../src/domain/audit.ts'
import { countText } from './bytes.ts'
import { csvLine } from './csv.ts'
import { styled } from './line.ts'
import type { Line } from './line.ts'
import { tableCode } from './markdown-code.ts'
import { exactNumberText } from './number.ts'
import { shortId, shortOid } from './short-id.ts'

/** Writes an audit for people, oldest first. */
export function auditText(report: AuditReport): readonly Line[] {
  return [...report.events.flatMap(eventLines), ...verdictLines(report)]
}

function eventLines(event: AuditEvent): readonly Line[] {
  const { at, kind, by, commit, signature, hasTrailers, reason, evidence } = event
  const request = event.request === undefined ? '' : ` (#${event.request})`
  const signed = signature === 'none' ? 'not signed' : `signature ${signature}`
  const maker = hasTrailers ? '' : ', by a host or plain git'
  const metrics = metricsText(event)
  return [
    [`${minuteText(at)} ${kind} `, styled('strong', subjectText(event)), request],
    [`  by ${by} in ${shortOid(commit)}${maker}, ${signed}`],
    ...(metrics === '' ? [] : [[`  ${metrics}`]]),
    ...(reason === undefined ? [] : [[`  reason: ${reason}`]]),
    ...(evidence === undefined ? [] : [[`  ${evidenceText(evidence)}`]]),
  ]
}

/** `churn@production v1 -> v2`, `churn@v3`. */
function subjectText({ model, alias, version, from }: AuditEvent): string {
  const label = version === undefined ? 'nothing' : `v${version.number}`
  if (alias === undefined) return `${model}@${label}`
  return `${model}@${alias} ${from === undefined ? '' : `v${from.number} -> `}${label}`
}

function metricsText({ metrics }: AuditEvent): string {
  return metrics
    .map(({ key, before, after }) => {
      const [left, right] = [before, after].map((value) => (value === undefined ? 'none' : exactNumberText(value)))
      return before === undefined ? `${key} ${right}` : `${key} ${left} -> ${right}`
    })
    .join(', ')
}

function evidenceText(evidence: NonNullable<AuditEvent['evidence']>): string {
  const { run, code, isDirty, receipts, reproduced } = evidence
  const made = code === undefined ? 'no code recorded' : `code ${shortOid(code)}${isDirty ? ' with changes' : ''}`
  const repeated = receipts === 0 ? 'never repeated' : `reproduced ${reproduced} of ${countText(receipts, 'time')}`
  return `run ${shortId(run)}, ${made}, ${repeated}`
}

function verdictLines({ problems, checked }: AuditReport): readonly Line[] {
  const { commits, versions, runs } = checked
  const seen = `${countText(commits, 'commit')}, ${countText(versions, 'version')}, ${countText(runs, 'run')}`
  if (problems.length === 0) return [[styled('good', `nothing was edited: ${seen}`)]]
  const lines = problems.map((problem): Line => [styled('bad', problem.id), `: ${problemText(problem)}`])
  return [...lines, [styled('bad', `${countText(problems.length, 'problem')} in ${seen}`)]]
}

function problemText({ problem, commit, by }: AuditProblem): string {
  const where = commit === undefined ? '' : ` in ${shortOid(commit)}`
  return `${problem}${where}${by === undefined ? '' : ` by ${by}`}`
}

function minuteText(at: string): string {
  return `${at.slice(0, 10)} ${at.slice(11, 16)}`
}

const TITLES = ['at', 'kind', 'model', 'alias', 'version', 'from', 'request', 'by', 'commit', 'signature', 'trailers']
const EVIDENCE = ['metrics', 'reason', 'run', 'code', 'dirty', 'receipts', 'reproduced', 'problem']

/** Writes an audit as CSV, one string a line, problems last. */
export function auditCsv({ events, problems }: AuditReport): readonly string[] {
  const wrong = problems.map(({ id, problem, commit, by }) => {
    return ['', 'problem', id, '', '', '', '', by ?? '', commit ?? '', '', '', '', '', '', '', '', '', '', problem]
  })
  return [[...TITLES, ...EVIDENCE], ...events.map(cellsOf), ...wrong].map(csvLine)
}

function cellsOf(event: AuditEvent): readonly string[] {
  const { evidence } = event
  return [
    event.at,
    event.kind,
    event.model,
    event.alias ?? '',
    event.version === undefined ? '' : `v${event.version.number}`,
    event.from === undefined ? '' : `v${event.from.number}`,
    event.request === undefined ? '' : String(event.request),
    event.by,
    event.commit,
    event.signature,
    event.hasTrailers ? 'yes' : 'no',
    metricsText(event),
    event.reason ?? '',
    evidence?.run ?? '',
    evidence?.code ?? '',
    evidence === undefined ? '' : evidence.isDirty ? 'yes' : 'no',
    evidence === undefined ? '' : String(evidence.receipts),
    evidence === undefined ? '' : String(evidence.reproduced),
    '',
  ]
}

/** Writes an audit as a Markdown table, one string a line; what anybody may have named stands in code. */
export function auditMarkdown({ events, problems }: AuditReport): readonly string[] {
  const rows = events.map((event) => {
    const { at, kind, by, commit, signature, reason, request } = event
    const cells = [minuteText(at), kind, tableCode(subjectText(event)), cellCode(metricsText(event)), cellCode(by)]
    return [
      ...cells,
      `\`${shortOid(commit)}\``,
      signature,
      request === undefined ? '' : `\`#${request}\``,
      cellCode(reason),
    ]
  })
  const head = ['when', 'what', 'of', 'metrics', 'by', 'commit', 'signature', 'request', 'reason']
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  const wrong = problems.map((problem) => `- ❌ ${tableCode(problem.id)}: ${tableCode(problemText(problem))}`)
  return [...table, ...(wrong.length === 0 ? [] : ['', ...wrong])]
}

function cellCode(text: string | undefined): string {
  return text === undefined || text === '' ? '' : tableCode(text)
}
