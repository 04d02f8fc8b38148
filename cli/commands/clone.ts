/**
 * `mlv clone`: a repository with a team's records and nothing else.
 */
import { relative } from 'node:path'
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { cloneBranch } from '../../src/ops/share/clone-branch.ts'
import type { CloneReport } from '../../src/ops/share/clone-branch.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { countText } from '../format/bytes.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { showTransfers } from '../format/transfer-progress.ts'
import { integer, listJson } from '../json/json-members.ts'
import { settingsJson } from '../json/settings-json.ts'
import { moveJson } from '../json/share-json.ts'
import { optional, required } from '../option.ts'

/** The command. */
export const cloneCommand = defineCommand({
  name: 'clone',
  summary: 'Get the records of a repository, without its code',
  details: [
    'Makes a git repository that has the branch of mlv and nothing else: no history of code, artifacts when asked for.',
    "'git fetch origin main' in it gets the code too.",
  ],
  arguments: {
    url: required('url', 'as git takes it: https, ssh, file, user@host:path, or a folder'),
    directory: optional('directory', 'a new or empty folder; named after the repository when absent'),
  },
  options: {},
  examples: [
    { line: 'mlv clone https://git.example/team/churn.git', does: 'into ./churn' },
    { line: 'mlv clone git@git.example:team/churn.git records', does: 'over ssh, into ./records' },
  ],
  run: async ({ output, openOptions }, { url, directory }) => {
    const show = showTransfers(output, () => openOptions.clock.elapsedMs())
    const report = await cloneBranch(openOptions, url, directory, (progress) => show({ kind: 'git', progress }))
    output.progress('')
    output.answer(
      () => cloneJson(report),
      () => cloneText(report, openOptions.folder),
    )
    return EXIT.ok
  },
})

/** The report as JSON. */
export function cloneJson({ folder, settings, fetched, runs, models }: CloneReport): ValueMap {
  return valueMap({
    folder,
    settings: settingsJson(settings),
    fetched: listJson(fetched, moveJson),
    runs: integer(runs),
    models: integer(models),
  })
}

function cloneText({ folder, runs, models }: CloneReport, from: string): readonly Line[] {
  const shown = relative(from, folder)
  const what = `${countText(runs, 'run')}, ${countText(models, 'model')}`
  return [['cloned into ', styled('strong', shown === '' || shown.startsWith('..') ? folder : shown), `: ${what}`]]
}
