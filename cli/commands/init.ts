/**
 * `mlv init`: starts the branch. Run once for a project; a clone only fetches it.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { initialize } from '../../src/ops/initialize.ts'
import { parseStoreAddress, storeAddressText } from '../../src/domain/store-address.ts'
import type { InitializeOptions, InitializeReport } from '../../src/ops/initialize.ts'
import { refuse } from '../../src/domain/failure.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { maybe } from '../json/json-members.ts'
import { settingsJson } from '../json/settings-json.ts'
import { choice, flag, list, text } from '../option.ts'

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
    store: text('--store <store>', "where large files are shared from: 'lfs', dir:/path or s3://bucket/prefix"),
    mirror: list('--mirror <store>...', 'a copy of the store that others fill, read when the store fails'),
    compact: flag('--compact', 'let a folder or bucket keep files as differences and chunks where that is smaller'),
  },
  examples: [
    { line: 'mlv init', does: 'one branch, large files by Git LFS' },
    { line: 'mlv init --store dir:/mnt/team/models', does: 'large files on a disk that all machines reach' },
    { line: 'mlv init --store dir:/mnt/team/models --compact', does: 'with checkpoints kept as what changed' },
    { line: 'mlv init --layout split', does: 'so that promotions can be protected and recording stays free' },
  ],
  run: async ({ output, withRepository }, _, { layout, store, mirror, compact }) => {
    const places = { ...storeOf(store ?? 'lfs'), mirrors: mirror.map(parseStoreAddress), isCompact: compact }
    if (compact && places.store === 'lfs') {
      throw refuse('usage-invalid', {
        problem: '--compact needs a --store that is a folder or bucket: Git LFS keeps files whole',
      })
    }
    const report = await withRepository((repository) => initialize(repository, { layout, ...places }))
    output.answer(
      () => initJson(report),
      () => initText(report),
    )
    output.talk([styled('faint', "next: 'mlv run -- python train.py', or train as ever and 'mlv commit -m MESSAGE'")])
    return EXIT.ok
  },
})

/** `lfs`, or an address with its kind. @throws `store-address-invalid` */
function storeOf(text: string): Pick<InitializeOptions, 'store' | 'stores'> {
  if (text === 'lfs') return { store: 'lfs', stores: [] }
  const address = parseStoreAddress(text)
  return { store: address.kind, stores: [address] }
}

/** The report as JSON. */
export function initJson({ settings, commit, operation, configFile }: InitializeReport): ValueMap {
  return valueMap({
    settings: settingsJson(settings),
    commit,
    operation,
    configFile: maybe(configFile, ({ path, created }) => valueMap({ path, created })),
  })
}

/** The report for people. */
export function initText({ settings, configFile }: InitializeReport): readonly Line[] {
  const { layout, areas, store, stores, compact } = settings
  const place = stores.length === 0 ? store : stores.map(storeAddressText).join(', ')
  const refs = [...new Set(Object.values(areas))].map((ref) => ref.replace(/^refs\/heads\//, ''))
  const branches = refs.length === 1 ? 'branch' : 'branches'
  const done: Line = [
    `started ${branches} `,
    styled('strong', refs.join(', ')),
    ` (layout ${layout}, store ${place}${compact === true ? ', compact' : ''})`,
  ]
  if (configFile === undefined) return [done]
  return [done, [configFile.created ? `wrote ${configFile.path}` : `kept ${configFile.path} as it is`]]
}
