/**
 * What `mlv` alone prints: every verb in one line.
 */
import { alignedRows } from './format/columns.ts'
import { styled } from './format/line.ts'
import type { Line } from './format/line.ts'
import type { Verb } from './command.ts'

/** Every verb with its summary, and where to read on. */
export function overviewHelp(verbs: readonly Verb[]): readonly Line[] {
  return [
    [styled('strong', 'mlv'), ': git-native experiment tracking and model versioning'],
    [],
    ['usage: mlv [-C <dir>] <command> [<arguments>]'],
    [],
    ...alignedRows(
      verbs.map(({ name, summary }) => [styled('subject', name), summary]),
      '  ',
    ),
    [],
    ["'mlv help <command>' explains one of them. 'mlv --version' tells the version."],
  ]
}
