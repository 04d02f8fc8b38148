/**
 * What a list asks of a run besides its values, as columns: some hundred thousand of them are read at once.
 */
import { deserialize, serialize } from 'node:v8'
import type { Instant } from '../../base/clock.ts'
import type { Oid } from '../../domain/oid.ts'
import type { OutlineFacts } from '../../domain/run-outline.ts'
import type { RunId } from '../../domain/run.ts'
import { dictionaryBuilder, valueIn } from './dictionary.ts'
import type { Dictionary } from './dictionary.ts'

interface FactColumns {
  /** Texts of fixed length, one behind the other. */
  readonly ids: string
  readonly startedAt: string
  readonly status: Dictionary<OutlineFacts['status']>
  readonly experiment: Dictionary<string>
  readonly name: Dictionary<string>
  readonly commit: Dictionary<Oid>
  readonly branch: Dictionary<string>
  readonly group: Dictionary<string>
  readonly message: Dictionary<string>
  readonly tags: Dictionary<readonly string[]>
  /** NaN where nobody saw the end. */
  readonly elapsedMs: Float64Array
  /** 1 for archived, 2 for dirty. */
  readonly flags: Uint8Array
}

const ID_CHARACTERS = 26
const INSTANT_CHARACTERS = 24
const ARCHIVED = 1
const DIRTY = 2
const NO_TAGS: readonly string[] = []

/** Facts as they come in, row by row. */
export interface FactsBuilder {
  readonly add: (row: number, facts: OutlineFacts) => void
  readonly encode: () => Uint8Array
}

/** Begins facts. */
export function factsBuilder(): FactsBuilder {
  const [ids, started, elapsed, flags]: [RunId[], Instant[], number[], number[]] = [[], [], [], []]
  const status = dictionaryBuilder<OutlineFacts['status']>()
  const experiment = dictionaryBuilder<string>()
  const name = dictionaryBuilder<string>()
  const commit = dictionaryBuilder<Oid>()
  const branch = dictionaryBuilder<string>()
  const group = dictionaryBuilder<string>()
  const message = dictionaryBuilder<string>()
  const tags = dictionaryBuilder<readonly string[]>()
  return {
    add: (row, facts) => {
      ids.push(facts.id)
      started.push(facts.startedAt)
      elapsed.push(facts.elapsedMs ?? NaN)
      flags.push((facts.archived ? ARCHIVED : 0) + (facts.isDirty ? DIRTY : 0))
      status.set(row, facts.status)
      experiment.set(row, facts.experiment)
      name.set(row, facts.name)
      commit.set(row, facts.commit)
      branch.set(row, facts.branch)
      group.set(row, facts.group)
      message.set(row, facts.message)
      tags.set(row, facts.tags.length === 0 ? undefined : facts.tags)
    },
    encode: () => {
      const count = ids.length
      const columns: FactColumns = {
        ids: ids.join(''),
        startedAt: started.join(''),
        status: status.build(count),
        experiment: experiment.build(count),
        name: name.build(count),
        commit: commit.build(count),
        branch: branch.build(count),
        group: group.build(count),
        message: message.build(count),
        tags: tags.build(count),
        elapsedMs: Float64Array.from(elapsed),
        flags: Uint8Array.from(flags),
      }
      return serialize(columns)
    },
  }
}

/** Reads facts, in their order. */
export function decodeFacts(bytes: Uint8Array): readonly OutlineFacts[] {
  const columns = deserialize(bytes) as FactColumns
  const { status, experiment, name, commit, branch, group, message, tags, elapsedMs, flags } = columns
  return Array.from(flags, (flag, row): OutlineFacts => {
    const texts = {
      name: valueIn(name, row),
      commit: valueIn(commit, row),
      branch: valueIn(branch, row),
      group: valueIn(group, row),
      message: valueIn(message, row),
    }
    const tookMs = elapsedMs[row] ?? NaN
    return {
      id: idAt(columns.ids, row),
      status: valueIn(status, row) ?? 'finished',
      experiment: valueIn(experiment, row) ?? '',
      ...(texts.name === undefined ? undefined : { name: texts.name }),
      ...(texts.commit === undefined ? undefined : { commit: texts.commit }),
      ...(texts.branch === undefined ? undefined : { branch: texts.branch }),
      ...(texts.group === undefined ? undefined : { group: texts.group }),
      ...(texts.message === undefined ? undefined : { message: texts.message }),
      startedAt: columns.startedAt.slice(row * INSTANT_CHARACTERS, (row + 1) * INSTANT_CHARACTERS) as Instant,
      isDirty: (flag & DIRTY) !== 0,
      ...(Number.isNaN(tookMs) ? undefined : { elapsedMs: tookMs }),
      tags: valueIn(tags, row) ?? NO_TAGS,
      archived: (flag & ARCHIVED) !== 0,
    }
  })
}

/** The ids alone, in their order. */
export function decodeIds(bytes: Uint8Array): readonly RunId[] {
  const { ids, flags } = deserialize(bytes) as FactColumns
  return Array.from(flags, (_, row) => idAt(ids, row))
}

function idAt(ids: string, row: number): RunId {
  return ids.slice(row * ID_CHARACTERS, (row + 1) * ID_CHARACTERS) as RunId
}
