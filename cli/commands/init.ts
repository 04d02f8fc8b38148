/**
 * `mlv init`: starts the branch. Run once for a project; a clone only fetches it.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { initialize } from '../../src/ops/initialize.ts'
import type { InitializeReport } from '../../src/ops/initialize.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { integer, maybe } from '../json/json-members.ts'
import { choice } from '../option.ts'

/** The command. */
export const initCommand = defineCommand({
  name: 'init',
  summary: 'Set mlv up in a git repository',
  details: [
    "Makes the branch 'mlv', which shares no history with yours, and a commented mlv.yaml that says what to record.",
    'Your branch, index and other files are not touched.',
  ],
  arguments: {},
  options: {
    layout: choice('--layout <layout>', 'one branch for all, or models and aliases on a branch of their own', [
      'single',
      'split',
    ]),
    store: choice('--store <store>', 'where large files are shared from', ['lfs', 's3', 'dir']),
  },
  examples: [
    { line: 'mlv init', does: 'one branch, large files by Git LFS' },
    { line: 'mlv init --layout split', does: 'so that promotions can be protected and recording stays free' },
  ],
  run: async ({ output, withRepository }, _, options) => {
    const report = await withRepository((repository) => initialize(repository, options))
    output.answer(
      () => initJson(report),
      () => initText(report),
    )
    output.talk([styled('faint', "next: edit mlv.yaml, train, then 'mlv commit -m MESSAGE'")])
    return EXIT.ok
  },
})

/** The report as JSON. */
export function initJson({ settings, commit, operation, configFile }: InitializeReport): ValueMap {
  const { format, layout, areas, store } = settings
  return valueMap({
    settings: valueMap({ format: integer(format), layout, areas: valueMap({ ...areas }), store }),
    commit,
    operation,
    configFile: maybe(configFile, ({ path, created }) => valueMap({ path, created })),
  })
}

/** The report for people. */
export function initText({ settings, configFile }: InitializeReport): readonly Line[] {
  const { layout, areas, store } = settings
  const refs = [...new Set(Object.values(areas))].map((ref) => ref.replace(/^refs\/heads\//, ''))
  const branches = refs.length === 1 ? 'branch' : 'branches'
  const done: Line = [`started ${branches} `, styled('strong', refs.join(', ')), ` (layout ${layout}, store ${store})`]
  if (configFile === undefined) return [done]
  return [done, [configFile.created ? `wrote ${configFile.path}` : `kept ${configFile.path} as it is`]]
}
