/**
 * Judged gates as a JUnit report, which continuous integrations show as tests: one suite a review, one test a rule.
 */
import { subjectName } from '../../src/domain/review/review.ts'
import { isFailed } from '../../src/domain/review/gate.ts'
import type { GateResult } from '../../src/domain/review/gate.ts'
import { gateWords } from './gate-text.ts'
import { markupText } from '../../src/base/markup-text.ts'
import type { ReportView, ReviewView } from '../../src/domain/review/report-view.ts'
import { sideText } from './review-words.ts'

/** Writes a report, one string a line. */
export function reportJunit({ reviews }: ReportView): readonly string[] {
  const all = reviews.flatMap(({ gates }) => gates)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="mlv" tests="${all.length}" failures="${all.filter(isFailed).length}">`,
    ...reviews.flatMap(suiteLines),
    '</testsuites>',
  ]
}

function suiteLines(review: ReviewView): readonly string[] {
  const { gates, base, head } = review
  const name = markupText(subjectName(review.subject))
  const sides = `${sideText(base, 'nothing to compare with')} -> ${sideText(head, 'no run')}`
  return [
    `  <testsuite name="${name}" tests="${gates.length}" failures="${gates.filter(isFailed).length}">`,
    `    <properties><property name="change" value="${markupText(sides)}"/></properties>`,
    ...gates.flatMap((gate) => caseLines(gate, review, name)),
    '  </testsuite>',
  ]
}

function caseLines(gate: GateResult, { metrics }: ReviewView, suite: string): readonly string[] {
  const { subject, asked, found } = gateWords(gate, metrics)
  const name = markupText(`${subject} ${asked}`)
  const told = [found, gate.note].filter((part) => part !== undefined && part !== '').join(', ')
  const open = `    <testcase classname="${suite}" name="${name}"`
  if (isFailed(gate)) return [`${open}><failure message="${markupText(told)}"/></testcase>`]
  return told === '' ? [`${open}/>`] : [`${open}><system-out>${markupText(told)}</system-out></testcase>`]
}
