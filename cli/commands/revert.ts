/**
 * `mlv revert`: undoes one operation with another; history only goes forward.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { revertOperation } from '../../src/ops/models/revert-operation.ts'
import type { RevertReport } from '../../src/ops/models/revert-operation.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { countText } from '../format/bytes.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { shortId } from '../format/short-id.ts'
import { required, text } from '../option.ts'

/** The command. */
export const revertCommand = defineCommand({
  name: 'revert',
  summary: 'Undo one operation',
  details: [
    'Puts back what a promotion, retirement, note or other change replaced, in a new commit. Records of runs and',
    'versions are never taken back; see retire and note --archive.',
  ],
  arguments: { operation: required('operation', "an operation id or commit, as 'mlv log' shows them") },
  options: { reason: text('-r, --reason <text>', 'why') },
  examples: [
    { line: 'mlv revert 01k9zq4w8d2m', does: 'undo one operation' },
    { line: "mlv revert 4f2a91c --reason 'wrong model'", does: 'one that was made with plain git' },
  ],
  run: async ({ output, withRepository }, { operation }, options) => {
    const report = await withRepository((repository) => revertOperation(repository, operation, options))
    output.answer(
      () => revertJson(report),
      () => revertText(report),
    )
    return EXIT.ok
  },
})

/** The report as JSON. */
export function revertJson(report: RevertReport): ValueMap {
  const { reverted, revertedCommit, subject, operation, commit, paths } = report
  return valueMap({ reverted, revertedCommit, subject, operation, commit, paths })
}

/** The report for people. */
export function revertText({ subject, operation, paths }: RevertReport): readonly Line[] {
  const done: Line = [`reverted '${subject}' (${countText(paths.length, 'file')})`]
  return [done, [styled('faint', `undo: mlv revert ${shortId(operation)}`)]]
}
