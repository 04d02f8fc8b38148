/**
 * What `mlv` alone prints: every verb in one line, under what a person wants to do.
 */
import { alignedRows } from './format/columns.ts'
import { styled } from './format/line.ts'
import type { Line, Span } from './format/line.ts'
import type { Verb, VerbGroup } from './command.ts'

/** What each group of verbs is for, in the order of a first day. */
export const GROUP_TITLES: { readonly [G in VerbGroup]: string } = {
  record: 'record runs',
  look: 'look at them',
  models: 'move models',
  review: 'review a change of them',
  reproduce: 'bring them back',
  share: 'share',
  maintain: 'look after it',
}

/** Every verb with its summary by group, and where to begin and to read on. */
export function overviewHelp(verbs: readonly Verb[]): readonly Line[] {
  return [
    [styled('strong', 'mlv'), ': git-native experiment tracking and model versioning'],
    [],
    ['usage: mlv [-C <dir>] <command> [<arguments>]'],
    ...groupedLines(verbs),
    [],
    ["begin: 'mlv init', then 'mlv run -- python train.py', then 'mlv ls'"],
    ["'mlv help <command>' explains one of them. 'mlv --version' tells the version."],
  ]
}

/** Summaries stand in one column through all groups. */
function groupedLines(verbs: readonly Verb[]): readonly Line[] {
  const width = Math.max(0, ...verbs.map(({ name }) => name.length))
  return Object.entries(GROUP_TITLES).flatMap(([group, title]) => {
    const rows = verbs
      .filter((verb) => verb.group === group)
      .map(({ name, summary }): readonly Span[] => [styled('subject', name.padEnd(width)), summary])
    return rows.length === 0 ? [] : [[], [title], ...alignedRows(rows, '  ')]
  })
}
