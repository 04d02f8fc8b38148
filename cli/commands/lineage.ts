/**
 * `mlv lineage`: what a run or version came of, and what came of it.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import type { Lineage } from '../../src/domain/lineage.ts'
import { readLineage } from '../../src/ops/read/read-lineage.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { lineageText } from '../format/lineage-text.ts'
import { integer, listJson } from '../json/json-members.ts'
import { count, required } from '../option.ts'

const USUAL_NODES = 60

/** The command. */
export const lineageCommand = defineCommand({
  name: 'lineage',
  summary: 'Show what a run or version came of, and what came of it',
  details: [
    'Back from it: the run that made it, the data that run read, and where that data came from when it is a file of',
    'another version; the runs it continued or repeated. On from it: versions, aliases, repetitions and how they came',
    'out, and every run that read it. Data is known by its digest, wherever it lay: data:sha256:DIGEST asks about it.',
    "The nearest things come first; 'mlv ui' draws the same.",
  ],
  arguments: { revision: required('revision', 'a run, a version, an alias, or data: churn@v12, data:sha256:2c26…') },
  options: { limit: count('-n, --limit <count>', `at most so many things: ${USUAL_NODES}`) },
  examples: [
    { line: 'mlv lineage churn@production', does: 'which data and code are customers served from?' },
    { line: 'mlv lineage churn@v12 --json', does: 'things and relations, for a program' },
  ],
  run: async ({ output, withRepository }, { revision }, { limit = USUAL_NODES }) => {
    const { lineage } = await withRepository((repository) => {
      return readLineage(repository, revision, { mostNodes: Math.max(1, limit) })
    })
    output.answer(
      () => lineageJson(lineage),
      () => lineageText(lineage),
    )
    return EXIT.ok
  },
})

/** What `mlv lineage` reports. */
export function lineageJson({ focus, nodes, edges, isCut }: Lineage): ValueMap {
  return valueMap({
    focus,
    nodes: listJson(nodes, ({ key, kind, title, note, more }) => {
      return valueMap({ key, kind, title, note, more: integer(more) })
    }),
    edges: listJson(edges, ({ from, to, relation }) => valueMap({ from, to, relation })),
    isCut,
  })
}
