/**
 * `mlv checkout`: the files of a version, verified, where they belong.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { checkoutVersion } from '../../src/ops/checkout-version.ts'
import type { CheckoutReport } from '../../src/ops/checkout-version.ts'
import { defineCommand } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import { bytesText, countText } from '../format/bytes.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { shortOid } from '../format/short-id.ts'
import { integer, maybe } from '../json/json-members.ts'
import { versionJson } from '../json/model-json.ts'
import { flag, required, text } from '../option.ts'

/** The command. */
export const checkoutCommand = defineCommand({
  name: 'checkout',
  summary: 'Put the files of a version in place',
  details: [
    'All files or none: each is verified against its digest before any takes its place. Files with local changes are',
    'never overwritten without --force. Your branch and index stay as they are.',
  ],
  arguments: { version: required('model@version', 'such as churn@v12, churn@production or churn@production~1') },
  options: {
    to: text('--to <dir>', 'put the files into this folder, not at their recorded paths'),
    force: flag('--force', 'overwrite files with local changes'),
    worktree: text('--worktree <dir>', 'add the code of that version as a git worktree, with its files in place'),
    at: AT,
  },
  examples: [
    { line: 'mlv checkout churn@production', does: 'the files of the version in production, at their recorded paths' },
    { line: 'mlv checkout churn@v12 --to served', does: 'into a folder of their own' },
    { line: 'mlv checkout churn@v12 --worktree ../churn-v12', does: 'code and model as they were' },
  ],
  run: async ({ output, withRepository }, { version }, options) => {
    const report = await withRepository((repository) => checkoutVersion(repository, version, options))
    output.answer(
      () => checkoutJson(report),
      () => checkoutText(report),
    )
    return EXIT.ok
  },
})

/** The report as JSON. */
export function checkoutJson(report: CheckoutReport): ValueMap {
  const { version, destination, written, unchanged, sizeBytes, worktree } = report
  return valueMap({
    version: versionJson(version),
    destination,
    written,
    unchanged,
    sizeBytes: integer(sizeBytes),
    worktree: maybe(worktree, ({ folder, commit }) => valueMap({ folder, commit })),
  })
}

/** The report for people. */
export function checkoutText(report: CheckoutReport): readonly Line[] {
  const { version, destination, written, unchanged, sizeBytes, worktree } = report
  const label = styled('strong', `${version.model}@v${version.number}`)
  const kept = unchanged.length === 0 ? '' : `, ${unchanged.length} of them already there`
  const amount = `${countText(written.length + unchanged.length, 'file')}, ${bytesText(sizeBytes)}${kept}`
  const code: readonly Line[] =
    worktree === undefined ? [] : [[`code of ${shortOid(worktree.commit)} in ${worktree.folder}`]]
  return [[label, `: ${amount}, verified, in ${destination}`], ...code]
}
