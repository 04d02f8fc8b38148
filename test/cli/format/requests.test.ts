/**
 * Promotion by review as it is printed: requests, checks and audits. What anybody may have named stays inert.
 */
import { expect, test } from 'vitest'
import { requestText } from '../../../cli/format/alias-text.ts'
import { auditCsv, auditMarkdown, auditText } from '../../../cli/format/audit-text.ts'
import { checkMarkdown, checkText } from '../../../cli/format/check-text.ts'
import { renderLine } from '../../../cli/format/line.ts'
import type { Line } from '../../../cli/format/line.ts'
import * as requests from '../sample-requests.ts'

function shown(lines: readonly Line[]): string {
  return `\n${lines.map((line) => `${renderLine(line, { hasColor: false, isActionsLog: false })}\n`).join('')}`
}

test('a request says where to go on', () => {
  expect(shown(requestText(requests.REQUEST))).toMatchInlineSnapshot(`
    "
    asked for churn@production to be v3, now v2
      epoch      3 -> 3             (unchanged)
      latency ↓  21.00 -> 18.25 ms  (-2.75, better)
      val/auc ↑  0.9240 -> 0.9130   (-0.0110, worse)
    pushed mlv-promote/churn-production-1 to origin
    next: open the pull request: https://github.com/acme/churn/compare/mlv...mlv-promote%2Fchurn-production-1
    "
  `)
  expect(shown(requestText({ ...requests.REQUEST, branch: undefined }))).toBe(
    '\nchurn@production names v3 already on origin\n',
  )
})

test('a check, for a terminal and for the summary of a job', () => {
  expect(shown(checkText(requests.CHECK))).toMatchInlineSnapshot(`
    "
    mlv-promote/churn-production-1 into origin/mlv
      failed  files      CODE|OWNERS       is not for a request to change
      failed  gate       churn@production  recall ↑ measured (not measured)
      failed  gate       churn@production  latency ↓ worse by at most 1.21 ms, is worse by 2 ms
      noted   artifacts  churn@v3          the store was not asked
      passed  records                      no version or run was edited
      passed  gate       churn@production  runs at least 3, is 3
      passed  gate       churn@production  f1 ↑ no worse, is no worse
      passed  gate       churn@production  latency ↓ at most 20 ms, is 14.1 ms
      passed  gate       churn@production  val/auc ↑ at least 0.9, is 0.923
      passed  gate       churn@production  val/auc ↑ worse by at most 0.001, is worse by 0.001
      passed  gate       churn@production  val/loss ↓ no worse, is no worse
      passed  gate       churn@production  size at most 200 MB, is 81.0 MB
    failed: 3 of 12
    "
  `)
  expect(checkMarkdown(requests.CHECK).slice(0, 6)).toMatchInlineSnapshot(`
    [
      "### ❌ must not be merged: \`mlv-promote/churn-production-1\` into \`origin/mlv\`",
      "",
      "| | rule | of | found |",
      "|---|---|---|---|",
      "| ❌ | files | \`CODE\\|OWNERS\` | \`is not for a request to change\` |",
      "| ❌ | gate | \`churn@production\` | \`recall ↑ measured (not measured)\` |",
    ]
  `)
})

test('an audit as text, CSV and Markdown', () => {
  expect(shown(auditText(requests.AUDIT))).toMatchInlineSnapshot(`
    "
    2026-11-20 09:31 promoted churn@production v2 -> v3 (#12)
      by Ada Example <ada@example.com> in 2222222222, by a host or plain git, signature good
      val/auc 0.924 -> 0.931
      reason: =faster, "really"
      run 01m7w4n5e000, code aaaaaaaaaa with changes, reproduced 1 of 2 times
    2026-11-20 09:40 removed churn@production v3 -> nothing
      by Ada Example <ada@example.com> in 3333333333, not signed
      val/auc 0.931 -> none
    churn@v3: its version.yaml was edited in 5555555555 by Mallory <m@example.com>
    churn@production: v4 does not exist
    2 problems in 12 commits, 3 versions, 9 runs
    "
  `)
  expect(auditCsv(requests.AUDIT).map((line) => line.split(','))).toMatchInlineSnapshot(`
    [
      [
        "at",
        "kind",
        "model",
        "alias",
        "version",
        "from",
        "request",
        "by",
        "commit",
        "signature",
        "trailers",
        "metrics",
        "reason",
        "run",
        "code",
        "dirty",
        "receipts",
        "reproduced",
        "problem",
      ],
      [
        "2026-11-20T09:31:00.000Z",
        "promoted",
        "churn",
        "production",
        "v3",
        "v2",
        "12",
        "Ada Example <ada@example.com>",
        "2222222222222222222222222222222222222222",
        "good",
        "no",
        "val/auc 0.924 -> 0.931",
        ""'=faster",
        " ""really"""",
        "01m7w4n5e00000000000000003",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "yes",
        "2",
        "1",
        "",
      ],
      [
        "2026-11-20T09:40:00.000Z",
        "removed",
        "churn",
        "production",
        "",
        "v3",
        "",
        "Ada Example <ada@example.com>",
        "3333333333333333333333333333333333333333",
        "none",
        "yes",
        "val/auc 0.931 -> none",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
      ],
      [
        "",
        "problem",
        "churn@v3",
        "",
        "",
        "",
        "",
        "Mallory <m@example.com>",
        "5555555555555555555555555555555555555555",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "its version.yaml was edited",
      ],
      [
        "",
        "problem",
        "churn@production",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "v4 does not exist",
      ],
    ]
  `)
  expect(auditMarkdown(requests.AUDIT).map((line) => line.split(' | '))).toMatchInlineSnapshot(`
    [
      [
        "| when",
        "what",
        "of",
        "metrics",
        "by",
        "commit",
        "signature",
        "request",
        "reason |",
      ],
      [
        "| ---",
        "---",
        "---",
        "---",
        "---",
        "---",
        "---",
        "---",
        "--- |",
      ],
      [
        "| 2026-11-20 09:31",
        "promoted",
        "\`churn@production v2 -> v3\`",
        "\`val/auc 0.924 -> 0.931\`",
        "\`Ada Example <ada@example.com>\`",
        "\`2222222222\`",
        "good",
        "\`#12\`",
        "\`=faster, "really"\` |",
      ],
      [
        "| 2026-11-20 09:40",
        "removed",
        "\`churn@production v3 -> nothing\`",
        "\`val/auc 0.931 -> none\`",
        "\`Ada Example <ada@example.com>\`",
        "\`3333333333\`",
        "none",
        "",
        " |",
      ],
      [
        "",
      ],
      [
        "- ❌ \`churn@v3\`: \`its version.yaml was edited in 5555555555 by Mallory <m@example.com>\`",
      ],
      [
        "- ❌ \`churn@production\`: \`v4 does not exist\`",
      ],
    ]
  `)
})
