/**
 * Comparisons as JSON.
 */
import { valueMap } from '../../src/base/value.ts'
import type { Value, ValueMap } from '../../src/base/value.ts'
import type { Comparison, Difference } from '../../src/domain/comparison.ts'
import type { RevisionComparison } from '../../src/ops/read/compare-revisions.ts'
import { datasetJson, fileJson, ruleJson, summaryJson, tensorJson, verdictJson } from './content-json.ts'
import { integer, listJson, maybe } from './json-members.ts'

/** What `mlv diff` reports. */
export function comparisonJson({ base, head, comparison, codeStat }: RevisionComparison): ValueMap {
  const { parameters, metrics, files, tensors, datasets, environment, unchanged } = comparison
  return valueMap({
    base,
    head,
    metrics: listJson(metrics, ({ key, rule, verdict, ...difference }) => {
      return sides({ key, rule: ruleJson(rule) }, difference, summaryJson, maybe(verdict, verdictJson))
    }),
    parameters: listJson(parameters, ({ key, ...difference }) => sides({ key }, difference, (value) => value)),
    files: listJson(files, ({ path, ...difference }) => sides({ path }, difference, fileJson)),
    tensors: listJson(tensors, ({ path, name, ...difference }) => sides({ path, name }, difference, tensorJson)),
    datasets: listJson(datasets, ({ uri, ...difference }) => sides({ uri }, difference, datasetJson)),
    environment: listJson(environment, (difference) => valueMap({ ...difference })),
    code: codeDifferenceJson(comparison.code, codeStat),
    unchanged: valueMap({
      parameters: integer(unchanged.parameters),
      metrics: integer(unchanged.metrics),
      files: integer(unchanged.files),
      tensors: integer(unchanged.tensors),
      datasets: integer(unchanged.datasets),
    }),
  })
}

function sides<Item>(
  subject: Readonly<Record<string, Value>>,
  { kind, base, head }: Difference<Item>,
  write: (item: Item) => Value,
  verdict?: Value,
): Value {
  return valueMap({ ...subject, kind, base: maybe(base, write), head: maybe(head, write), verdict })
}

function codeDifferenceJson(code: Comparison['code'], stat: string | undefined): Value {
  return valueMap({ same: code.same, baseCommit: code.baseCommit, headCommit: code.headCommit, stat })
}
