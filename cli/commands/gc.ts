/**
 * `mlv gc`: sets aside artifacts of this clone that no record names.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { refuse } from '../../src/domain/failure.ts'
import { collectGarbage } from '../../src/ops/collect-garbage.ts'
import type { GarbageReport, ObjectFate } from '../../src/ops/collect-garbage.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { bytesText, countText } from '../format/bytes.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
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
    'looked at, never a store for others.',
  ],
  arguments: {},
  options: {
    dryRun: flag('--dry-run', 'change nothing; tell what would become of each object, and why'),
    undo: flag('--undo', 'put back all that was set aside'),
  },
  examples: [
    { line: 'mlv gc --dry-run', does: 'what would go, and why the rest stays' },
    { line: 'mlv gc', does: 'set it aside' },
    { line: 'mlv gc --undo', does: 'put it back' },
  ],
  run: async ({ output, withRepository }, _, { dryRun, undo }) => {
    if (dryRun && undo) throw refuse('usage-invalid', { problem: '--dry-run and --undo do not go together' })
    const options = { isDryRun: dryRun, isUndo: undo }
    const report = await withRepository((repository) => collectGarbage(repository, options))
    output.answer(
      () => gcJson(report),
      () => gcText(report),
    )
    return EXIT.ok
  },
})

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
