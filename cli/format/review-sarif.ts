/**
 * Broken gates as SARIF 2.1.0 (OASIS), which hosts show beside the lines of a change: here the configuration that asks
 * for them.
 */
import { subjectName } from '../../src/domain/review/review.ts'
import { valueMap } from '../../src/base/value.ts'
import type { Value, ValueMap } from '../../src/base/value.ts'
import type { GateResult, GateRule } from '../../src/domain/review/gate.ts'
import { gateWords } from './gate-text.ts'
import type { ReportView, ReviewView } from '../../src/domain/review/report-view.ts'

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'

const RULES: { readonly [R in GateRule]: string } = {
  repeats: 'A change is run often enough',
  required: 'Every run measures what is required',
  min: 'A metric is at least its limit',
  max: 'A metric is at most its limit',
  worsen: 'A metric gets no worse than is allowed',
  size: 'Files are no larger than is allowed',
}

/** Writes a report; rules that were kept are left out. */
export function reportSarif({ reviews }: ReportView): ValueMap {
  const rules = Object.entries(RULES).map(([id, text]) => {
    return valueMap({ id: `mlv/${id}`, shortDescription: valueMap({ text }) })
  })
  return valueMap({
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      valueMap({
        tool: valueMap({ driver: valueMap({ name: 'mlv', rules }) }),
        results: reviews.flatMap((review) => review.gates.flatMap((gate) => resultOf(gate, review))),
      }),
    ],
  })
}

function resultOf(gate: GateResult, review: ReviewView): readonly Value[] {
  if (gate.status === 'passed') return []
  const { subject, asked, found } = gateWords(gate, review.metrics)
  const told = [`${subjectName(review.subject)}: ${subject} ${asked}`, found, gate.note ?? ''].filter(
    (part) => part !== '',
  )
  const uri = valueMap({ uri: 'mlv.yaml' })
  return [
    valueMap({
      ruleId: `mlv/${gate.rule}`,
      level: gate.status === 'failed' ? 'error' : 'note',
      message: valueMap({ text: told.join('; ') }),
      locations: [
        valueMap({ physicalLocation: valueMap({ artifactLocation: uri, region: valueMap({ startLine: 1n }) }) }),
      ],
    }),
  ]
}
