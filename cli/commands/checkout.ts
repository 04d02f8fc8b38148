/**
 * `mlv checkout`: the files of a version, verified, where they belong.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { checkoutVersion } from '../../src/ops/models/checkout-version.ts'
import type { CodeWorktree } from '../../src/ops/models/checkout-worktree.ts'
import type { CheckoutReport } from '../../src/ops/models/checkout-version.ts'
import { defineCommand } from '../command.ts'
import { AT } from '../common-options.ts'
import { EXIT } from '../exit-code.ts'
import { bytesText, countText } from '../format/bytes.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { showTransfers } from '../format/transfer-progress.ts'
import type { TransferProgress } from '../format/transfer-progress.ts'
import { shortOid } from '../format/short-id.ts'
import { integer, listJson, maybe } from '../json/json-members.ts'
import { versionJson } from '../json/model-json.ts'
import { flag, required, text } from '../option.ts'

/** The command. */
export const checkoutCommand = defineCommand({
  name: 'checkout',
  summary: 'Put the files of a version in place',
  details: [
    'Files that are not in this clone are fetched from where they are shared.',
    'All files or none: each is verified against its digest before any takes its place. Files with local changes are',
    'never overwritten without --force. Your branch and index stay as they are.',
    'With --worktree the code comes too, as it was on the disk, uncommitted files and line ends included, in a folder',
    'of its own; a run such as @ has code alone.',
  ],
  arguments: {
    version: required('model@version', 'such as churn@v12, churn@production or churn@production~1; or a run'),
  },
  options: {
    to: text('--to <dir>', 'put the files into this folder, not at their recorded paths'),
    force: flag('--force', 'overwrite files with local changes'),
    worktree: text('--worktree <dir>', 'add the code as a git worktree at a new or empty folder, byte for byte'),
    at: AT,
  },
  examples: [
    { line: 'mlv checkout churn@production', does: 'the files of the version in production, at their recorded paths' },
    { line: 'mlv checkout churn@v12 --to served', does: 'into a folder of their own' },
    { line: 'mlv checkout churn@v12 --worktree ../churn-v12', does: 'code and model as they were' },
  ],
  run: async ({ output, openOptions, withRepository }, { version }, options) => {
    const show = showTransfers(output, () => openOptions.clock.elapsedMs())
    const onProgress = (progress: TransferProgress): void => show({ kind: 'artifacts', progress })
    const report = await withRepository((repository) => {
      return checkoutVersion(repository, version, { ...options, onProgress })
    })
    output.progress('')
    output.answer(
      () => checkoutJson(report),
      () => checkoutText(report),
    )
    return EXIT.ok
  },
})

/** The report as JSON. */
export function checkoutJson(report: CheckoutReport): ValueMap {
  const { version, run, destination, written, unchanged, sizeBytes, worktree } = report
  return valueMap({
    version: maybe(version, versionJson),
    run,
    destination,
    written,
    unchanged,
    sizeBytes: integer(sizeBytes),
    worktree: maybe(worktree, worktreeJson),
  })
}

function worktreeJson({ folder, commit, tree, hasUncommitted, fetchedFrom, report }: CodeWorktree): ValueMap {
  const submodules = listJson(report.submodules, ({ path, commit, restored }) => valueMap({ path, commit, restored }))
  const [fileCount, told] = [integer(report.fileCount), report.told]
  return valueMap({ folder, commit, tree, hasUncommitted, fetchedFrom, fileCount, submodules, told })
}

/** The report for people. */
export function checkoutText(report: CheckoutReport): readonly Line[] {
  return [...filesText(report), ...(report.worktree === undefined ? [] : worktreeText(report.worktree))]
}

function filesText({ version, destination, written, unchanged, sizeBytes }: CheckoutReport): readonly Line[] {
  if (version === undefined) return []
  const label = styled('strong', `${version.model}@v${version.number}`)
  const kept = unchanged.length === 0 ? '' : `, ${unchanged.length} of them already there`
  const amount = `${countText(written.length + unchanged.length, 'file')}, ${bytesText(sizeBytes)}${kept}`
  return [[label, `: ${amount}, verified, in ${destination}`]]
}

function worktreeText({ commit, folder, hasUncommitted, fetchedFrom, report }: CodeWorktree): readonly Line[] {
  const changes = hasUncommitted ? ' with what was not committed' : ''
  const from = fetchedFrom === undefined ? '' : `, fetched from ${fetchedFrom}`
  const code = `code of ${shortOid(commit)}${changes}, ${countText(report.fileCount, 'file')}${from}, in ${folder}`
  return [[code], ...report.told.map((line): Line => [`  ${line}`])]
}
