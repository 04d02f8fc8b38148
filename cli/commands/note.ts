/**
 * `mlv note`: what may be said about a run after it was sealed.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { refuse } from '../../src/domain/failure.ts'
import { noteRun } from '../../src/ops/record/note-run.ts'
import type { NoteReport } from '../../src/ops/record/note-run.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { shortId } from '../format/short-id.ts'
import { notesJson } from '../json/run-json.ts'
import { flag, list, required, text } from '../option.ts'

/** The command. */
export const noteCommand = defineCommand({
  name: 'note',
  summary: 'Name, tag, annotate or archive a run',
  details: ['The record of the run itself never changes; notes are kept beside it.'],
  arguments: { revision: required('revision', 'the run') },
  options: {
    name: text('--name <name>', 'a name for people; empty text takes it away'),
    note: text('-m, --message <text>', 'the note; empty text takes it away'),
    addTags: list('-t, --tag <tag>...', 'add a tag'),
    removeTags: list('--untag <tag>...', 'take a tag away'),
    archive: flag('--archive', "hide the run from 'mlv ls'"),
    unarchive: flag('--unarchive', 'show it again'),
  },
  examples: [
    { line: "mlv note @ --tag baseline -m 'first honest split'", does: 'tag and annotate the newest run' },
    { line: 'mlv note 01k9zq --archive', does: 'hide a run that was a mistake' },
  ],
  run: async ({ output, withRepository }, { revision }, { archive, unarchive, ...change }) => {
    if (archive && unarchive) throw refuse('usage-invalid', { problem: '--archive and --unarchive exclude each other' })
    const isEmpty = change.name === undefined && change.note === undefined && !archive && !unarchive
    if (isEmpty && change.addTags.length + change.removeTags.length === 0) {
      throw refuse('usage-invalid', { problem: 'nothing to note was given' })
    }
    const archived = archive || unarchive ? { archived: archive } : {}
    const report = await withRepository((repository) => noteRun(repository, revision, { ...change, ...archived }))
    output.answer(
      () => noteJson(report),
      () => noteText(report),
    )
    return EXIT.ok
  },
})

/** The report as JSON. */
export function noteJson({ run, notes, changed, operation }: NoteReport): ValueMap {
  return valueMap({ run, notes: notesJson(notes), changed, operation })
}

/** The report for people: the notes as they are now. */
export function noteText({ run, notes, changed }: NoteReport): readonly Line[] {
  const words = [
    notes.name === undefined ? [] : [`name ${notes.name}`],
    notes.tags.length === 0 ? [] : [`tags ${notes.tags.join(', ')}`],
    notes.note === undefined ? [] : [`note ${notes.note}`],
    notes.archived ? ['archived'] : [],
  ].flat()
  const state = words.length === 0 ? 'no notes' : words.join('; ')
  return [['run ', styled('subject', shortId(run)), changed ? `: ${state}` : ` already had this: ${state}`]]
}
