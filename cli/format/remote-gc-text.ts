/**
 * What `mlv gc --remote` found and did, for people.
 */
import { thingOfKey } from '../../src/ops/repository/stored-things.ts'
import type { RemoteGarbageReport } from '../../src/ops/care/collect-remote-garbage.ts'
import { bytesText, countText } from './bytes.ts'
import { styled } from './line.ts'
import type { Line } from './line.ts'
import { momentText } from './time.ts'

type PlaceReport = Extract<RemoteGarbageReport, { readonly kind: 'place' }>
type Fate = PlaceReport['objects'][number]['fate']

/** Why each thing is treated as it is. */
export const REASONS: { readonly [F in Fate]: string } = {
  keep: 'a record names it, or what one names is made of it',
  young: 'younger than 14 days: its record may be on the way',
  mark: 'no record names it; it is set aside when it is still so after 7 days',
  trash: 'no record has named it for 7 days',
  wait: 'set aside less than 14 days ago',
  restore: 'set aside, and needed',
  remove: 'set aside for 14 days',
}

const DID: { readonly [F in Fate]: readonly [would: string, done: string] } = {
  keep: ['would keep', 'kept'],
  young: ['would keep as young', 'kept as young'],
  mark: ['would mark as unnamed', 'marked as unnamed'],
  trash: ['would set aside', 'set aside'],
  wait: ['would leave set aside', 'left set aside'],
  restore: ['would put back', 'put back'],
  remove: ['would remove for good', 'removed for good'],
}

const FATES: readonly Fate[] = ['keep', 'young', 'mark', 'trash', 'wait', 'restore', 'remove']

/** The report: each unnamed thing in a dry run, then what it comes to, then what comes next. */
export function remoteGcText(report: RemoteGarbageReport): readonly Line[] {
  return report.kind === 'lfs' ? lfsText(report) : placeText(report)
}

function placeText(report: PlaceReport): readonly Line[] {
  const { store, isDryRun, repositories, objects, markedUntilMs } = report
  if (report.isUnused === true) return [[`store ${store}: nobody uses it yet, so there is nothing to do`]]
  const named =
    repositories.length === 0 ? [] : [`asked ${countText(repositories.length, 'repository', 'repositories')}`]
  const each = isDryRun ? objects.filter(({ fate }) => fate !== 'keep').map(objectLine) : []
  const sums = FATES.flatMap((fate) => sumLine(report, fate))
  const until = markedUntilMs === undefined ? [] : [`what is marked may go from ${momentText(markedUntilMs)} on`]
  const work = objects.some(
    ({ fate }) => fate === 'mark' || fate === 'trash' || fate === 'restore' || fate === 'remove',
  )
  const next = isDryRun && work ? ["'mlv gc --remote --delete' does it"] : []
  const back = objects.some(({ fate }) => fate === 'trash' || fate === 'wait') && !isDryRun ? [UNDO] : []
  return [
    [`store ${store}`, ...named.map((text) => `, ${text}`)],
    ...each,
    ...sums,
    ...[...until, ...next, ...back].map((text): Line => [styled('faint', text)]),
  ]
}

const UNDO = "'mlv gc --remote --undo' puts back what is set aside, for 14 days"

function objectLine({ key, sizeBytes, fate }: PlaceReport['objects'][number]): Line {
  const style = fate === 'young' || fate === 'wait' ? 'faint' : 'warning'
  return [styled(style, fate), ` ${thingOfKey(key)}  ${bytesText(sizeBytes)}  ${REASONS[fate]}`]
}

function sumLine({ objects, isDryRun, repositories }: PlaceReport, fate: Fate): readonly Line[] {
  const chosen = objects.filter((object) => object.fate === fate)
  // Nothing to set aside is worth a line where something was looked for.
  if (chosen.length === 0 && (fate !== 'trash' || repositories.length === 0)) return []
  const bytes = chosen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const [would, done] = DID[fate]
  return [[`${isDryRun ? would : done} ${countText(chosen.length, 'object')}, ${bytesText(bytes)}`]]
}

function lfsText({ remote, url, objects }: Extract<RemoteGarbageReport, { readonly kind: 'lfs' }>): readonly Line[] {
  const bytes = objects.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const lines = objects.map(({ sha256, sizeBytes }): Line => [`${sha256}  ${bytesText(sizeBytes)}`])
  return [
    ...lines,
    [
      `${countText(objects.length, 'object')}, ${bytesText(bytes)}: `,
      `on the server of ${remote}, here, and named by no record`,
    ],
    [styled('faint', 'a Git LFS server lists nothing, so what other clones sent is not seen')],
    ...hostAdvice(url).map((text): Line => [styled('faint', text)]),
  ]
}

/** How a host removes objects of Git LFS that nothing names. */
export function hostAdvice(url: string): readonly string[] {
  if (/[/@.]github\.com[/:]/.test(url)) {
    return ['GitHub removes Git LFS objects only with the repository, or when its support is asked']
  }
  if (/gitlab/.test(url)) return [GITLAB]
  return [
    GITLAB,
    "Gitea and Forgejo: an administrator runs 'gitea doctor check --run gc-lfs --fix', or the cron task gc_lfs",
    'GitHub Enterprise: its support is asked',
  ]
}

const GITLAB =
  "GitLab: an administrator runs 'rake gitlab:cleanup:orphan_lfs_file_references', then '...:orphan_lfs_files'"
