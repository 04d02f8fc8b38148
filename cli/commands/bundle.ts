/**
 * `mlv bundle`: the branch and artifacts in one file, for machines without a network.
 */
import { relative } from 'node:path'
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { refuse } from '../../src/domain/failure.ts'
import { bundleBranch } from '../../src/ops/share/bundle-branch.ts'
import type { BundledArtifacts, BundleReport } from '../../src/ops/share/bundle-branch.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { bytesText, countText } from '../format/bytes.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { shellQuoted } from '../format/shell-quoted.ts'
import { showTransfers } from '../format/transfer-progress.ts'
import { integer, listJson } from '../json/json-members.ts'
import { anyNumber, flag, list, required, text } from '../option.ts'

/** The command. */
export const bundleCommand = defineCommand({
  name: 'bundle',
  summary: 'Write the branch and artifacts into one file',
  details: [
    'The file holds the history of all records, the code of runs as a push would send it, and artifacts: those of',
    "versions, or of the runs and versions that are named. 'mlv unbundle' takes it in; tar, git and sha256sum read",
    'it too.',
    'With --since it holds what is new since an earlier bundle, made here or taken in here, or since a commit.',
  ],
  arguments: {
    file: required('file', 'a new file, such as churn.mlv'),
    revisions: anyNumber('revision', 'runs and versions whose artifacts go along, instead of those of all versions'),
  },
  options: {
    artifacts: text('--artifacts <which>', 'models: of all versions; all: of all runs too; none'),
    allArtifacts: flag('--all-artifacts', 'the same as --artifacts all'),
    since: list('--since <file|commit>...', 'leave out what this bundle or commit has; may be repeated'),
    noCode: flag('--no-code', 'leave out the code of runs'),
    force: flag('--force', 'replace a file that is there'),
  },
  examples: [
    { line: 'mlv bundle churn.mlv', does: 'all records, and the files of all versions' },
    { line: 'mlv bundle churn.mlv churn@production', does: 'all records, and the files of one version' },
    { line: 'mlv bundle back.mlv --since churn.mlv', does: 'what is new since then, for the way back' },
  ],
  run: async ({ output, openOptions, withRepository }, { file, revisions }, options) => {
    const { since, force } = options
    const onProgress = showTransfers(output, () => openOptions.clock.elapsedMs())
    const artifacts = artifactsOf(options)
    const chosen = artifacts === undefined ? {} : { artifacts }
    const bundling = { revisions, since, force, bringsCode: !options.noCode, onProgress, ...chosen }
    const report = await withRepository((repository) => bundleBranch(repository, file, bundling))
    output.progress('')
    output.answer(
      () => bundleJson(report),
      () => bundleText(report, openOptions.folder),
    )
    return EXIT.ok
  },
})

function artifactsOf(given: {
  readonly artifacts?: string
  readonly allArtifacts: boolean
}): BundledArtifacts | undefined {
  const { artifacts, allArtifacts } = given
  if (artifacts === undefined) return allArtifacts ? 'all' : undefined
  if (allArtifacts && artifacts !== 'all') {
    throw refuse('usage-invalid', { problem: '--all-artifacts and --artifacts do not go together' })
  }
  if (artifacts === 'models' || artifacts === 'all' || artifacts === 'none') return artifacts
  throw refuse('usage-invalid', { problem: `--artifacts is one of models, all, none, not '${artifacts}'` })
}

/** The report as JSON. */
export function bundleJson({ file, sizeBytes, refs, prerequisites, artifacts, code }: BundleReport): ValueMap {
  return valueMap({
    file,
    sizeBytes: integer(sizeBytes),
    refs: listJson(refs, ({ ref, commit, operations }) => valueMap({ ref, commit, operations: integer(operations) })),
    prerequisites: [...prerequisites],
    artifacts: valueMap({
      count: integer(artifacts.count),
      sizeBytes: integer(artifacts.sizeBytes),
      absent: integer(artifacts.absent),
    }),
    code: integer(code),
  })
}

/** The report for people. `from` is the folder the command was started in. */
export function bundleText(report: BundleReport, from: string): readonly Line[] {
  const { file, sizeBytes, refs, prerequisites, artifacts } = report
  const near = relative(from, file)
  const shown = near.startsWith('..') ? file : near
  const branches = refs.filter(({ ref }) => ref.startsWith('refs/heads/'))
  const moved = branches.map(({ ref, operations }) => {
    return `${countText(operations, 'operation')} (${ref.replace(/^refs\/heads\//, '')})`
  })
  const { count, sizeBytes: fileBytes } = artifacts
  const files = count === 0 ? 'without artifacts' : `and ${countText(count, 'artifact')}, ${bytesText(fileBytes)}`
  const line: Line = ['bundled ', styled('strong', moved.join(', ')), ` ${files}, into ${shellQuoted(shown)}`]
  const size: Line = [styled('faint', `${bytesText(sizeBytes)}; 'mlv unbundle ${shellQuoted(shown)}' takes it in`)]
  const needs: readonly Line[] =
    prerequisites.length === 0 ? [] : [[styled('faint', 'it goes on from what the other side has already')]]
  if (artifacts.absent === 0) return [line, size, ...needs]
  const absent = `left out ${countText(artifacts.absent, 'artifact')} that neither this clone nor a store in reach has`
  return [line, size, ...needs, [styled('warning', absent)]]
}
