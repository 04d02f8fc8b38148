/**
 * `mlv unbundle`: takes in what a bundle holds.
 */
import { basename, relative } from 'node:path'
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { unbundleBranch } from '../../src/ops/share/unbundle-branch.ts'
import type { UnbundleReport } from '../../src/ops/share/unbundle-branch.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { bytesText, countText } from '../format/bytes.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { noticeLines } from '../format/share-text.ts'
import { showTransfers } from '../format/transfer-progress.ts'
import { integer, listJson } from '../json/json-members.ts'
import { moveJson, noticeJson } from '../json/share-json.ts'
import { required, text } from '../option.ts'

/** The command. */
export const unbundleCommand = defineCommand({
  name: 'unbundle',
  summary: 'Take in what a bundle holds',
  details: [
    'All of the file is verified first; a damaged one changes nothing. Then it is taken in as a pull would: yours is',
    'put on top of what came, one operation after the other. A repository without the branch gets it, and an empty',
    'folder becomes a repository. What was cut short is gone on with when it is repeated.',
  ],
  arguments: { file: required('file', "what 'mlv bundle' wrote") },
  options: { into: text('--into <dir>', 'this repository, or a new or empty folder that becomes one') },
  examples: [
    { line: 'mlv unbundle churn.mlv', does: 'into the repository of this folder' },
    { line: 'mlv unbundle /media/stick/churn.mlv --into churn', does: 'into a new repository' },
  ],
  run: async ({ output, openOptions }, { file }, { into }) => {
    const onProgress = showTransfers(output, () => openOptions.clock.elapsedMs())
    const where = into === undefined ? {} : { into }
    const report = await unbundleBranch(openOptions, file, { ...where, onProgress })
    output.progress('')
    output.answer(
      () => unbundleJson(report),
      () => unbundleText(report, openOptions.folder),
    )
    return EXIT.ok
  },
})

/** The report as JSON. */
export function unbundleJson(report: UnbundleReport): ValueMap {
  const { file, folder, isNew, fetched, replayed, notices, artifacts } = report
  return valueMap({
    file,
    folder,
    new: isNew,
    fetched: listJson(fetched, moveJson),
    replayed: integer(replayed),
    notices: listJson(notices, noticeJson),
    artifacts: valueMap({
      moved: integer(artifacts.moved),
      movedBytes: integer(artifacts.movedBytes),
      present: integer(artifacts.present),
    }),
  })
}

/** The report for people. `from` is the folder the command was started in. */
export function unbundleText(report: UnbundleReport, from: string): readonly Line[] {
  const { file, folder, isNew, fetched, replayed, notices, artifacts } = report
  const name = basename(file)
  const near = relative(from, folder)
  const shown = near === '' ? 'this folder' : near.startsWith('..') ? folder : near
  const made: readonly Line[] = isNew ? [['made a repository in ', styled('strong', shown)]] : []
  const came = fetched.map(({ ref, operations }): Line => {
    return [`took in ${countText(operations, 'operation')} (${ref.replace(/^refs\/heads\//, '')}) from ${name}`]
  })
  const nothing: readonly Line[] = came.length === 0 ? [[`${name} has nothing new`]] : []
  const onTop: readonly Line[] =
    replayed === 0 ? [] : [[`put ${countText(replayed, 'operation')} of this repository on top of those of ${name}`]]
  const { moved, movedBytes } = artifacts
  const brought: readonly Line[] =
    moved === 0 ? [] : [[`brought ${countText(moved, 'artifact')}, ${bytesText(movedBytes)}`]]
  return [...made, ...came, ...nothing, ...onTop, ...brought, ...noticeLines(notices)]
}
