/**
 * `mlv init`: starts the branch. Run once for a project; a clone only fetches it.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { initialize } from '../../src/ops/repository/initialize.ts'
import { parseStoreAddress, storeAddressText } from '../../src/domain/store-address.ts'
import type { InitializeOptions, InitializeReport } from '../../src/ops/repository/initialize.ts'
import { parseCodeOwner } from '../../src/domain/code-owner.ts'
import { refuse } from '../../src/domain/failure.ts'
import { isSetUp, requireApprovals } from '../../src/ops/guard/require-approvals.ts'
import type { ApprovalsReport } from '../../src/ops/guard/require-approvals.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { maybe } from '../json/json-members.ts'
import { settingsJson } from '../json/settings-json.ts'
import { anyNumber, choice, flag, list, text } from '../option.ts'

/** The command. */
export const initCommand = defineCommand({
  name: 'init',
  summary: 'Set mlv up in a git repository',
  details: [
    "Makes the branch 'mlv', which shares no history with yours, and a commented mlv.yaml that says what to record.",
    'Your branch, index and other files are not touched. With --approvals it also puts files on that branch which have',
    'a host ask for an approval of each promotion: CODEOWNERS, a check to require, a ruleset for GitHub. That works on',
    'a branch that exists, too.',
  ],
  arguments: { owners: anyNumber('owner', 'with --approvals: who must approve, such as @org/ml-leads') },
  options: {
    layout: choice('--layout <layout>', 'one branch for all, or models and aliases on a branch of their own', [
      'single',
      'split',
    ]),
    store: text('--store <store>', "where large files are shared from: 'lfs', dir:/path or s3://bucket/prefix"),
    mirror: list('--mirror <store>...', 'a copy of the store that others fill, read when the store fails'),
    compact: flag('--compact', 'let a folder or bucket keep files as differences and chunks where that is smaller'),
    approvals: flag('--approvals', 'have a host ask for an approval of each promotion'),
  },
  examples: [
    { line: 'mlv init', does: 'one branch, large files by Git LFS' },
    { line: 'mlv init --store dir:/mnt/team/models', does: 'large files on a disk that all machines reach' },
    { line: 'mlv init --store dir:/mnt/team/models --compact', does: 'with checkpoints kept as what changed' },
    { line: 'mlv init --layout split', does: 'so that promotions can be protected and recording stays free' },
    {
      line: 'mlv init --approvals @org/ml-leads',
      does: 'so that a team approves promotions; adds to a branch that exists',
    },
  ],
  run: async ({ output, withRepository }, { owners: names }, { layout, store, mirror, compact, approvals }) => {
    const owners = approvalsBy(approvals, names)
    const places = { ...storeOf(store ?? 'lfs'), mirrors: mirror.map(parseStoreAddress), isCompact: compact }
    if (compact && places.store === 'lfs') {
      throw refuse('usage-invalid', {
        problem: '--compact needs a --store that is a folder or bucket: Git LFS keeps files whole',
      })
    }
    const asked = await withRepository(async (repository) => {
      return owners !== undefined && (await isSetUp(repository)) ? requireApprovals(repository, owners) : undefined
    })
    if (asked !== undefined) {
      output.answer(
        () => initJson({ ...asked, configFile: undefined }),
        () => [approvalsLine(asked)],
      )
      output.talk(...approvalNotices(asked))
      return EXIT.ok
    }
    const wish = { layout, ...places, ...(owners === undefined ? {} : { owners }) }
    const report = await withRepository((repository) => initialize(repository, wish))
    output.answer(
      () => initJson(report),
      () => initText(report),
    )
    if (owners !== undefined) output.talk(...approvalNotices(report))
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

function approvalsBy(isAsked: boolean, names: readonly string[]): readonly string[] | undefined {
  if (isAsked) return names.map(parseCodeOwner)
  if (names.length > 0) throw refuse('usage-invalid', { problem: `'${names[0] ?? ''}' is for --approvals` })
  return undefined
}

function approvalsLine({ commit }: ApprovalsReport): Line {
  if (commit === undefined) return ['the branch asks for approvals already']
  return ['put CODEOWNERS, .github, and .gitlab-ci.yml on ', styled('strong', 'mlv')]
}

function approvalNotices({ settings }: Pick<ApprovalsReport, 'settings'>): readonly Line[] {
  const next = "next: 'mlv push', then have the host protect 'mlv': see docs/review.md"
  if (settings.layout === 'split') return [[styled('faint', next)]]
  const warning = "with one branch a protected 'mlv' holds back runs and versions too; '--layout split' keeps them free"
  return [[styled('warning', 'warning: '), warning], [styled('faint', next)]]
}

/** The report as JSON. */
export function initJson({
  settings,
  commit,
  operation,
  configFile,
}: ApprovalsReport & Pick<InitializeReport, 'configFile'>): ValueMap {
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
