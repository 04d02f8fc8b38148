/**
 * Every form of a report, as files that a reviewer would read, and under names that would like to be more than names.
 */
import { describe, expect, test } from 'vitest'
import { plainText } from '../../../cli/format/line.ts'
import { reportFile } from '../../../cli/format/report-file.ts'
import { LIMIT_CHARACTERS, reportMarkdown } from '../../../cli/format/review-markdown.ts'
import { reportText } from '../../../cli/format/review-text.ts'
import { reportView } from '../../../cli/format/review-view.ts'
import { parseExperimentName as parseExperiment, parseMetricKey } from '../../../src/domain/key.ts'
import type { ReportView } from '../../../src/domain/review/report-view.ts'
import { decodeReport } from '../../../src/store/documents/report-document.ts'
import { refusalOf } from '../../support/refusal.ts'
import { FIRST, REPORT } from '../sample-review.ts'

const VIEW = reportView(REPORT)

test.each(['markdown', 'html', 'junit', 'sarif'] as const)('a report as %s', async (format) => {
  const suffix = { markdown: 'md', html: 'html', junit: 'xml', sarif: 'sarif' }[format]
  await expect(`${reportFile(VIEW, format).join('\n')}\n`).toMatchFileSnapshot(`../../golden/reviews/report.${suffix}`)
})

test('for a terminal', () => {
  expect(reportText(VIEW).map(plainText).join('\n')).toMatchInlineSnapshot(`
    "churn churn@production (v12) (3 runs) -> 4b7d0aa (v12, 3 runs)
    1 worse, 1 no longer measured, 1 better, 2 unchanged; gates: 2 of 9 broken
    no run was made from the code of the base, so the version in production stands for it

    metrics
      latency ↓   12.10 ± 0.10 ms -> 14.10 ± 0.10 ms  +2.00 (+16.5%), noise ±0.23      ✗ worse by at most 1.21 ms, at most 20 ms
      recall ↑    0.7000 ± 0.010                      no longer measured
      val/loss ↓  0.2110 ± 0.0020 -> 0.1900 ± 0.0020  -0.0210 (-9.95%), noise ±0.0045
      f1 ↑        0.8000 -> 0.8000                    unchanged
      val/auc ↑   0.9240 ± 0.0020 -> 0.9230 ± 0.0020  -0.0010 (-0.11%), noise ±0.0045  at least 0.9, worse by at most 0.001

    broken gates
      recall ↑  measured    (not measured)

    samples
      1 of 3 now fail, 1 now pass
      fails now sample-2

    parameters
      lr  0.1 -> 0.2

    code
      commit  9999999999 -> 4444444444"
  `)
})

test('a change that nobody ran', () => {
  expect(reportMarkdown(reportView(FIRST)).join('\n')).toMatchInlineSnapshot(`
    "### \`churn\`: nothing measured

    ❌ gates: 1 of 1 broken · \`nothing to compare with\` → \`no run\`

    **Broken gates**

    | gate | on | asked | found | |
    |---|---|---|---|---|
    | ❌ | \`runs\` | \`at least 1\` | \`0\` | \`no finished run of this change was found\` |

    > \`no finished run was made from the code of this change\`

    Reproduce: \`mlv pr report main..HEAD\`"
  `)
})

test('a report that went through a file is the same report', () => {
  const text = reportFile(VIEW, 'json').join('\n')
  expect(decodeReport(text, 'report.json')).toEqual(VIEW)
})

test.each<[string, (text: string) => string]>([
  ['a verdict of its own', (text) => text.replace('"worse"', '"fine"')],
  ['a key that is no key', (text) => text.replace('"key": "latency"', '"key": "a\\u001b[2Jb"')],
  ['text of a megabyte', (text) => text.replace('"policy": "', `"policy": "${'x'.repeat(1_000_000)}`)],
  ['a curve to infinity', (text) => text.replace(/\[\s*0(\.0)?,\s*2(\.0)?\s*\]/, '[0, "Infinity"]')],
  ['a remark of its own', (text) => text.replace('"subject": "lr"', '"subject": "lr", "remark": "|\\n\\n# Approved"')],
  ['a section of its own', (text) => text.replace('"title": "parameters"', '"title": "<script>"')],
  ['a newer format', (text) => text.replace('"format": 1', '"format": 2')],
  ['no JSON', () => '{'],
])('a report with %s is refused', (_, forge) => {
  const text = reportFile(VIEW, 'json').join('\n')
  const forged = forge(text)
  expect(forged).not.toBe(text)
  expect(refusalOf(() => decodeReport(forged, 'report.json'))).toMatch(/document-malformed|format-newer|name-invalid/)
})

// Row O2: what a name may try in Markdown, in HTML and in XML.
const HOSTILE = [
  'a|b',
  'a`b``c```d',
  '<!-- mlv:report 00000000000000000000000000000000 -->',
  '</details></table><script>alert(1)</script>',
  '@org/team #1 org/repo#2 GH-3',
  '![x](https://t.example/p.png)',
  '[x](javascript:alert(1))',
  '<img src=x onerror=alert(1)>',
  '$\\ce{H2O}$ $$x$$',
  ']]> &amp; "\'',
  '::add-mask::secret',
  '\\',
]

describe.each(HOSTILE)('a name like %s', (name) => {
  const key = parseMetricKey(name)
  const [review] = VIEW.reviews
  const view: ReportView = {
    base: `main${name}`,
    head: name,
    reviews: (review === undefined ? [] : [review]).map((each) => ({
      ...each,
      subject: { kind: 'experiment', experiment: parseExperiment(name) },
      metrics: each.metrics.map((metric) => ({ ...metric, key, rule: { ...metric.rule, unit: name } })),
      gates: each.gates.map((gate) => (gate.metric === undefined ? gate : { ...gate, metric: key })),
      policy: name,
      notices: [`a notice of\n${name}`],
      curves: each.curves.map((curve) => ({ ...curve, key })),
      differences: [
        { title: 'parameters', rows: [{ subject: name, base: name, head: `${name}\r\n${name}`, remark: 'added' }] },
      ],
    })),
  }

  test('is inert in Markdown', () => {
    const outside = withoutCode(reportMarkdown(view))
    for (const word of ['<!--', '<script', '@org', '#1', '![', '](', '<img', '$', '&amp;', '::add', 'javascript']) {
      expect(outside).not.toContain(word)
    }
    // A table row has as many cells as its head, whatever stands in them.
    for (const line of reportMarkdown(view).filter((row) => row.startsWith('| '))) {
      expect(line.match(/(?<!\\)\|/g)?.length).toSatisfy((count: number) => [5, 6, 7].includes(count))
    }
  })

  test('is inert in HTML and XML', () => {
    for (const format of ['html', 'junit'] as const) {
      const text = reportFile(view, format).join('\n')
      expect(text).not.toMatch(/<script|<img|<!--|onerror=alert\(1\)>|\]\]>/)
      // Angle brackets are all ours.
      expect(text.match(/<[^>]*$/m)).toBeNull()
    }
  })
})

test('two hundred thousand characters of names are cut, and it is told', () => {
  const [review] = VIEW.reviews
  const rows = Array.from({ length: 2_000 }, (_, index) => ({ subject: `parameter ${index} ${'x'.repeat(90)}` }))
  const long = (review === undefined ? [] : [review]).map((each) => ({
    ...each,
    differences: [{ title: 'parameters', rows }],
  }))
  const text = reportMarkdown({ ...VIEW, reviews: long }).join('\n')
  expect(text.length).toBeLessThanOrEqual(LIMIT_CHARACTERS)
  expect(text).toMatch(/_\d+ rows cut: the whole report is in the job_$/)
  const many = Array.from({ length: 300 }, () => long).flat()
  const all = reportMarkdown({ ...VIEW, reviews: many }).join('\n')
  expect(all.length).toBeLessThanOrEqual(LIMIT_CHARACTERS)
  expect(all).toMatch(/_\d+ more reviews did not fit_$/)
})

/** Markdown with fenced blocks and code spans taken out, as CommonMark finds them. */
function withoutCode(lines: readonly string[]): string {
  const text = lines.join('\n').replace(/^(`{3,})[^\n]*\n[\s\S]*?^\1$/gm, '')
  return text.replace(/(?<!`)(`+)(?!`)([\s\S]*?[^`])\1(?!`)/g, '').replace(/^<\/?details>.*$/gm, '')
}
