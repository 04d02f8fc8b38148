/**
 * `mlv gc`: sets aside artifacts that no record names, of this clone or of the store for others.
 */
import { instantOf } from '../../src/base/clock.ts'
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { refuse } from '../../src/domain/failure.ts'
import { collectGarbage } from '../../src/ops/care/collect-garbage.ts'
import type { GarbageReport, ObjectFate } from '../../src/ops/care/collect-garbage.ts'
import { collectRemoteGarbage } from '../../src/ops/care/collect-remote-garbage.ts'
import type { RemoteGarbageReport } from '../../src/ops/care/collect-remote-garbage.ts'
import { digestOfKey } from '../../src/ops/repository/stored-things.ts'
import { defineCommand } from '../command.ts'
import type { Session } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import { bytesText, countText } from '../format/bytes.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { REASONS, remoteGcText } from '../format/remote-gc-text.ts'
import { integer, listJson } from '../json/json-members.ts'
import { flag } from '../option.ts'

/** The command. */
export const gcCommand = defineCommand({
  name: 'gc',
  summary: 'Set aside large files that no record names',
  details: [
    'What a record on any branch, tag or remote branch names stays, and so does what was written within a day or',
    'belongs to a run that is not recorded yet. The rest goes into a trash in the git folder: for 14 days --undo puts',
    'it back, and a record that names it brings it back by itself; then the next gc removes it. Only this clone is',
    'looked at, unless with --remote.',
    '--remote looks at the store for others instead, and only tells what it would do until --delete is given. Every',
    'repository that uses the store is asked; when one cannot be, nothing changes. What no record in the history of',
    'any names, and is older than 14 days, is marked; a gc at least 7 days later sets aside what is still so; and 14',
    'days after that one removes it. No push is disturbed.',
  ],
  arguments: {},
  options: {
    dryRun: flag('--dry-run', 'change nothing; tell what would become of each object, and why'),
    undo: flag('--undo', 'put back all that was set aside'),
    remote: flag('--remote', 'look at the store for others, and tell'),
    delete: flag('--delete', 'with --remote: mark, set aside and remove'),
    listIsComplete: flag('--list-is-complete', 'with --remote: vouch that the store lists all who use it'),
  },
  examples: [
    { line: 'mlv gc --dry-run', does: 'what would go, and why the rest stays' },
    { line: 'mlv gc', does: 'set it aside' },
    { line: 'mlv gc --undo', does: 'put it back' },
    { line: 'mlv gc --remote', does: 'what of the store for others no repository names' },
    { line: 'mlv gc --remote --delete', does: 'mark it, and set aside what was marked a week ago' },
  ],
  run: async ({ output, withRepository }, _, flags) => {
    const { dryRun, undo, remote } = flags
    if (dryRun && undo) throw refuse('usage-invalid', { problem: '--dry-run and --undo do not go together' })
    if (remote) return runRemote({ output, withRepository }, flags)
    if (flags.delete || flags.listIsComplete) {
      throw refuse('usage-invalid', { problem: '--delete and --list-is-complete go with --remote' })
    }
    const options = { isDryRun: dryRun, isUndo: undo }
    const report = await withRepository((repository) => collectGarbage(repository, options))
    output.answer(
      () => gcJson(report),
      () => gcText(report),
    )
    return EXIT.ok
  },
})

interface RemoteFlags {
  readonly dryRun: boolean
  readonly undo: boolean
  readonly delete: boolean
  readonly listIsComplete: boolean
}

async function runRemote(
  { output, withRepository }: Pick<Session, 'output' | 'withRepository'>,
  flags: RemoteFlags,
): Promise<ExitCode> {
  const { undo } = flags
  if (flags.delete && (flags.dryRun || undo)) {
    throw refuse('usage-invalid', { problem: '--delete goes with neither --dry-run nor --undo' })
  }
  const report = await withRepository((repository) =>
    collectRemoteGarbage(repository, {
      isDryRun: !flags.delete && !undo,
      isUndo: undo,
      isListComplete: flags.listIsComplete,
      onAsk: (url) => output.progress(`asking ${url}`),
    }),
  )
  output.progress('')
  output.answer(
    () => remoteGcJson(report),
    () => remoteGcText(report),
  )
  return EXIT.ok
}

/** The report of `--remote` as JSON. */
export function remoteGcJson(report: RemoteGarbageReport): ValueMap {
  if (report.kind === 'lfs') {
    const objects = listJson(report.objects, ({ sha256, sizeBytes }) =>
      valueMap({ sha256, sizeBytes: integer(sizeBytes), fate: 'keep', reason: 'no record names it' }),
    )
    return valueMap({ dryRun: true, store: 'lfs', repositories: [report.url], objects, trash: sumJson([]) })
  }
  const { isDryRun, store, repositories, objects, markedUntilMs } = report
  return valueMap({
    dryRun: isDryRun,
    store,
    repositories: [...repositories],
    objects: listJson(objects, ({ key, sizeBytes, fate }) =>
      valueMap({ sha256: digestOfKey(key), key, sizeBytes: integer(sizeBytes), fate, reason: REASONS[fate] }),
    ),
    trash: sumJson(objects.filter(({ fate }) => fate === 'trash' || fate === 'wait')),
    ...(markedUntilMs === undefined ? {} : { markedUntil: instantOf(markedUntilMs) }),
  })
}

function sumJson(objects: readonly { readonly sizeBytes: number }[]): ValueMap {
  const sizeBytes = objects.reduce((sum, object) => sum + object.sizeBytes, 0)
  return valueMap({ count: integer(objects.length), sizeBytes: integer(sizeBytes) })
}

/** The report as JSON. */
export function gcJson({ isDryRun, objects, trash }: GarbageReport): ValueMap {
  return valueMap({
    dryRun: isDryRun,
    objects: listJson(objects, ({ sha256, sizeBytes, fate, reason }) =>
      valueMap({ sha256, sizeBytes: integer(sizeBytes), fate, reason }),
    ),
    trash: valueMap({ count: integer(trash.count), sizeBytes: integer(trash.sizeBytes) }),
  })
}

const DID: { readonly [Fate in ObjectFate['fate']]: readonly [would: string, done: string] } = {
  keep: ['would keep', 'kept'],
  trash: ['would set aside', 'set aside'],
  restore: ['would put back', 'put back'],
  remove: ['would remove for good', 'removed for good'],
}

/** The report for people: each object in a dry run, then what it comes to. */
export function gcText({ isDryRun, objects, trash }: GarbageReport): readonly Line[] {
  const each = isDryRun ? objects.map(objectLine) : []
  const sums = (['keep', 'trash', 'restore', 'remove'] as const).flatMap((fate) => sumLine(objects, fate, isDryRun))
  if (isDryRun || trash.count === 0) return [...each, ...sums]
  const undo = `trash: ${countText(trash.count, 'object')}, ${bytesText(trash.sizeBytes)}; 'mlv gc --undo' puts it back`
  return [...sums, [styled('faint', undo)]]
}

function objectLine({ sha256, sizeBytes, fate, reason }: ObjectFate): Line {
  return [styled(fate === 'keep' ? 'faint' : 'warning', fate), ` ${sha256}  ${bytesText(sizeBytes)}  ${reason}`]
}

function sumLine(objects: readonly ObjectFate[], fate: ObjectFate['fate'], isDryRun: boolean): readonly Line[] {
  const chosen = objects.filter((object) => object.fate === fate)
  if (chosen.length === 0 && fate !== 'trash') return []
  const bytes = chosen.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const [would, done] = DID[fate]
  return [[`${isDryRun ? would : done} ${countText(chosen.length, 'object')}, ${bytesText(bytes)}`]]
}
