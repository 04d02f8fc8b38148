/**
 * `mlv fsck`: verifies every record, pointer and object, and repairs what another copy allows.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { checkIntegrity } from '../../src/ops/care/check-integrity.ts'
import type { IntegrityProblem, IntegrityReport } from '../../src/ops/care/check-integrity.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { bytesText, countText } from '../format/bytes.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { flag } from '../option.ts'
import { integer, listJson } from '../json/json-members.ts'

/** The command. */
export const fsckCommand = defineCommand({
  name: 'fsck',
  summary: 'Verify every record, pointer and object',
  details: [
    'Reads every manifest and hashes every stored file. A damaged file is replaced when another copy with the right',
    'digest is at hand, here or where artifacts are shared. Files that are shared and were never fetched are told as',
    'absent here; --full fetches and verifies them too. Ends with exit code 4 when something stays damaged.',
  ],
  arguments: {},
  options: { full: flag('--full', 'fetch what is not in this clone, and verify that too') },
  examples: [
    { line: 'mlv fsck', does: 'check everything, repair what can be' },
    { line: 'mlv fsck --json', does: 'the same for a script' },
  ],
  run: async ({ output, withRepository }, _, options) => {
    const onProgress = ({ objects, bytes }: { readonly objects: number; readonly bytes: number }): void => {
      output.progress(`checked ${countText(objects, 'object')}, ${bytesText(bytes)}`)
    }
    const report = await withRepository((repository) => checkIntegrity(repository, { ...options, onProgress }))
    output.progress('')
    output.answer(
      () => fsckJson(report),
      () => fsckText(report),
    )
    return report.problems.every(({ repaired }) => repaired) ? EXIT.ok : EXIT.integrity
  },
})

/** The report as JSON. */
export function fsckJson({ checked, problems, absent }: IntegrityReport): ValueMap {
  const { runs, versions, aliases, objects, bytes } = checked
  return valueMap({
    checked: valueMap({
      runs: integer(runs),
      versions: integer(versions),
      aliases: integer(aliases),
      objects: integer(objects),
      bytes: integer(bytes),
    }),
    problems: listJson(problems, (problem) => valueMap({ ...problem })),
    absent: listJson(absent, ({ sha256, sizeBytes }) => valueMap({ sha256, sizeBytes: integer(sizeBytes) })),
  })
}

/** The report for people: the damage first, then what was looked at. */
export function fsckText({ checked, problems, absent }: IntegrityReport): readonly Line[] {
  const { runs, versions, aliases, objects, bytes } = checked
  const counts = [
    countText(runs, 'run'),
    countText(versions, 'version'),
    countText(aliases, 'alias', 'aliases'),
    `${countText(objects, 'object')} (${bytesText(bytes)})`,
  ]
  const open = problems.filter(({ repaired }) => !repaired).length
  const verdict = open === 0 ? styled('good', 'all sound') : styled('bad', countText(open, 'problem'))
  return [...problems.map(problemLine), ...absentLines(absent), [`checked ${counts.join(', ')}: `, verdict]]
}

function absentLines(absent: IntegrityReport['absent']): readonly Line[] {
  if (absent.length === 0) return []
  const bytes = absent.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  return [
    [`absent here: ${countText(absent.length, 'object')} (${bytesText(bytes)}); `, "'mlv fsck --full' fetches them"],
  ]
}

function problemLine({ what, id, problem, repaired }: IntegrityProblem): Line {
  const verdict = repaired ? styled('good', 'repaired') : styled('bad', 'damaged')
  return [verdict, ` ${what} ${id}: ${problem}`]
}
