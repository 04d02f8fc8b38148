/**
 * The law of the table: whatever happened to the branch, it chooses and orders runs as `mlv ls` does, and knows of them
 * what their records say.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import type { MetricKey } from '../../src/domain/key.ts'
import { formatOperation } from '../../src/domain/operation-message.ts'
import { operationIdOf } from '../../src/domain/operation.ts'
import type { Oid } from '../../src/domain/oid.ts'
import { parseField } from '../../src/domain/query.ts'
import { compareSortValues, sortKeyOf, sortValueOf } from '../../src/domain/query-sort.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import type { SealedRun } from '../../src/domain/run.ts'
import { leanChunk, missingParts, withParts } from '../../src/domain/table/lean-table.ts'
import { numberAt, packNumbers } from '../../src/domain/table/packed-numbers.ts'
import { askRunTable, openRunTable, overRunTable } from '../../src/domain/table/run-table.ts'
import type { RunTable, TableQuestion } from '../../src/domain/table/run-table.ts'
import { cellOf, isSameValue } from '../../src/domain/table/table-cell.ts'
import { tableRun } from '../../src/domain/table/table-chunk.ts'
import { spreadOf } from '../../src/domain/table/table-groups.ts'
import { rootPath, runFolder } from '../../src/domain/tree-path.ts'
import { hostOptions } from '../../src/host.ts'
import { keepRuns } from '../../src/ops/read/kept-runs.ts'
import { listRuns } from '../../src/ops/read/list-runs.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import { filterSubject } from '../../src/ops/revisions/field-value.ts'
import type { RunRow } from '../../src/ops/revisions/run-row.ts'
import { encodeNotes } from '../../src/store/documents/notes-manifest.ts'
import { encodeRun } from '../../src/store/documents/run-manifest.ts'
import { encodeSettings } from '../../src/store/documents/settings-manifest.ts'
import { encodeVersion } from '../../src/store/documents/version-manifest.ts'
import type { TreeEdit } from '../../src/store/git/engine.ts'
import { anyFloat, anyNotes, anyRun, anyVersion } from '../support/document-arbitraries.ts'
import { makeMemoryRepository, SIGNATURES } from '../support/repository.ts'
import type { MemoryRepository } from '../support/repository.ts'
import { sampleUlid } from '../support/sample.ts'

const MLV = parseRefName('refs/heads/mlv')
const SETTINGS = {
  format: 1,
  layout: 'single' as const,
  areas: { registry: MLV, records: MLV },
  store: 'lfs' as const,
  stores: [],
  mirrors: [],
}

const anyChange = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('runs' as const), runs: fc.array(anyRun, { maxLength: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('notes' as const), notes: anyNotes, pick: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('version' as const), version: anyVersion, pick: fc.nat() }) },
  fc.record({ kind: fc.constant('many' as const), run: anyRun, count: fc.integer({ min: 400, max: 700 }) }),
  fc.record({ kind: fc.constant('lost' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('rewound' as const), pick: fc.nat() }),
)
type Change = typeof anyChange extends fc.Arbitrary<infer Item> ? Item : never

/** Fields that some run has, and others. */
function fieldsOf(runs: readonly SealedRun[]): readonly string[] {
  const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`
  const some = runs.slice(-6)
  const metrics = some.flatMap(({ metrics: all }) => [...all.keys()].slice(0, 2).map(quoted))
  const parameters = some.flatMap(({ parameters: all }) => [...all.keys()].slice(0, 2).map(quoted))
  return [
    ...['status', 'experiment', 'id', 'name', 'branch', 'group', 'tag', 'model', 'created', 'elapsed'],
    ...['metric.none', 'param.none'],
    ...metrics.flatMap((key) => ['', '.min', '.max', '.best', '.count'].map((part) => `metric.${key}${part}`)),
    ...parameters.map((key) => `param.${key}`),
  ]
}

const OPERANDS: Readonly<Record<string, readonly string[]>> = {
  status: ['finished', 'killed', 'failed'],
  created: ['1980-01-01', '-7d', '2020-01-01T10:00Z'],
  elapsed: ['5s', '2d', '0ms'],
  metric: ['0', '1e-3', 'nan', '-inf', '0.5'],
  param: ['0', '1', '1.0', 'true', 'null', '"a"', '.nan', '1e300'],
}

/** A condition that reads, whatever the picks. */
function conditionOf(fields: readonly string[], [pick, other, third]: readonly number[]): string {
  const field = present(fields[(pick ?? 0) % fields.length], 'a field')
  const kind = parseField(field).kind
  const operands = OPERANDS[kind] ?? OPERANDS[field] ?? ['a', '"e"', '""']
  const operand = present(operands[(other ?? 0) % operands.length], 'an operand')
  const isText = kind === 'text' || kind === 'set'
  const forms = [
    `has ${field}`,
    `not has ${field}`,
    `${field} = ${operand}`,
    `${field} != ${operand}`,
    ...(isText ? [] : [`${field} < ${operand}`, `${field} >= ${operand}`]),
    ...(field === 'created' ? [] : [`${field} in (${operand}, ${present(operands[0], 'an operand')})`]),
  ]
  return present(forms[(third ?? 0) % forms.length], 'a form')
}

const anyQuestion = fc.record({
  conditions: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { maxLength: 3 }),
  word: fc.constantFrom('and', 'or'),
  sorts: fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 3 }),
  archived: fc.boolean(),
})

test('law: the kept table chooses and orders runs as mlv ls does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyChange, { minLength: 2, maxLength: 7, size: 'max' }),
      fc.array(anyQuestion, { minLength: 2, maxLength: 2 }),
      fc.constantFrom('always', 'never'),
      async (changes, questions, index) => {
        const world = makeMemoryRepository()
        const repository = await open(world, index)
        const keeper = keepRuns(repository)
        const tips: Oid[] = [await commit(repository, undefined, [put('mlv.json', encodeSettings(SETTINGS))])]
        const runs: SealedRun[] = []
        for (const change of changes) {
          await apply(world, repository, { change, tips, runs })
          const { table } = await keeper.open()
          for (const each of questions) await agrees(repository, table, runs, each)
        }
        await repository.close()
      },
    ),
    { numRuns: 6 },
  )
})

type Picked = typeof anyQuestion extends fc.Arbitrary<infer Item> ? Item : never

async function agrees(repository: Repository, table: RunTable, runs: readonly SealedRun[], picked: Picked) {
  const nowMs = repository.clock.nowMs()
  const fields = fieldsOf(runs)
  const filter = picked.conditions.map((picks) => conditionOf(fields, picks)).join(` ${picked.word} `)
  const sort = picked.sorts.map(
    ([pick, isDown]) => `${isDown ? '-' : ''}${present(fields[pick % fields.length], 'one')}`,
  )
  const options = { archived: picked.archived, live: true, ...(filter === '' ? {} : { filter }) }
  const listed = await listRuns(repository, { ...options, ...(sort[0] === undefined ? {} : { sort: sort[0] }) })
  const question: TableQuestion = { ...options, sort: sort.slice(0, 1), columns: fields, from: 0, count: Infinity }
  const answer = askRunTable(table, question, nowMs)
  expect(answer.rows.map(({ id }) => id)).toEqual(listed.map(({ run }) => run.id))
  expect(answer.total).toBe(listed.length)
  answer.rows.slice(0, 20).forEach(({ cells }, at) => {
    const subject = filterSubject(present(listed[at], 'a run'), nowMs)
    expect(cells).toEqual(fields.map((field) => cellOf(parseField(field), subject)))
  })
  expect(keysIn(answer.keys.parameters)).toEqual(parameterKeys(listed))
  expect(keysIn(answer.keys.metrics)).toEqual(metricKeys(listed))
  const bySeveral = askRunTable(table, { ...question, sort, from: 1, count: 5 }, nowMs)
  expect(bySeveral.rows.map(({ id }) => id)).toEqual(sortedIds(listed, sort, nowMs).slice(1, 6))
  for (const field of fields.slice(4, 12)) groupsAgree(table, { ...question, group: field }, nowMs)
}

/** Every run is in one group, and the groups' runs are those of the whole. */
function groupsAgree(table: RunTable, question: TableQuestion, nowMs: number): void {
  const { groups, total } = askRunTable(table, question, nowMs)
  const items = present(groups, 'groups').items
  expect(items.reduce((sum, { runs }) => sum + runs, 0)).toBe(total)
  expect(new Set(items.map(({ key }) => key)).size).toBe(items.length)
  for (const { key, runs } of items.slice(0, 3)) {
    const { rows } = askRunTable(table, { ...question, columns: [question.group ?? ''], member: key }, nowMs)
    expect(rows).toHaveLength(runs)
    expect(new Set(rows.map(({ cells: [cell] }) => cell?.text)).size).toBeLessThanOrEqual(1)
  }
}

function sortedIds(rows: readonly RunRow[], sort: readonly string[], nowMs: number): readonly string[] {
  const keys = sort.map(sortKeyOf)
  const newest = [...rows].sort((left, right) => (left.run.id < right.run.id ? 1 : -1))
  const valued = newest.map((row) => {
    return { id: row.run.id, values: keys.map((key) => sortValueOf(key, filterSubject(row, nowMs))) }
  })
  valued.sort((left, right) => {
    const orders = keys.map((key, at) => compareSortValues(key, left.values[at], right.values[at]))
    return orders.find((order) => order !== 0) ?? 0
  })
  return valued.map(({ id }) => id)
}

function keysIn(keys: readonly { readonly key: string; readonly runs: number; readonly varies: boolean }[]) {
  return new Map(keys.map(({ key, runs, varies }) => [key, `${runs} ${varies}`]))
}

function parameterKeys(rows: readonly RunRow[]): ReadonlyMap<string, string> {
  return keysOfMaps(rows.map(({ run }) => run.parameters))
}

function metricKeys(rows: readonly RunRow[]): ReadonlyMap<string, string> {
  return keysOfMaps(rows.map(({ run }) => new Map([...run.metrics].map(([key, { summary }]) => [key, summary.last]))))
}

function keysOfMaps<Key extends string>(
  maps: readonly ReadonlyMap<Key, Parameters<typeof isSameValue>[0]>[],
): ReadonlyMap<string, string> {
  const keys = new Set(maps.flatMap((map) => [...map.keys()]))
  return new Map(
    [...keys].map((key) => {
      const values = maps.flatMap((map) => (map.has(key) ? [map.get(key) ?? null] : []))
      const [first = null] = values
      const varies = values.length < maps.length || !values.every((value) => isSameValue(first, value))
      return [key, `${values.length} ${varies}`]
    }),
  )
}

test('law: a list of numbers is packed without loss', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(anyFloat),
        fc.array(fc.constantFrom(0, -0, 1, NaN, 0.1), { minLength: 30, maxLength: 200 }),
        fc.array(fc.integer({ min: -40_000, max: 40_000 })),
        fc.array(fc.float(), { minLength: 30 }),
      ),
      (numbers) => {
        const packed = packNumbers(numbers)
        expect(numbers.map((_, at) => numberAt(packed, at))).toEqual(numbers)
      },
    ),
  )
})

test('law: a run is shown as it went in, from a lean table too, and a later one takes its place', () => {
  const anyRuns = fc.uniqueArray(anyRun, { selector: ({ id }) => id, minLength: 1, maxLength: 40 })
  fc.assert(
    fc.property(anyRuns, anyRun, (runs, later) => {
      const table = openRunTable(runs.map(inTable))
      const first = present(runs[0], 'a run')
      shows(table, runs)
      const lean: RunTable = { ...table, chunks: table.chunks.map(leanChunk) }
      const question = questionOf(fieldsOf(runs))
      const bring = (all: RunTable, key: MetricKey): RunTable => withParts(all, key, metricsOf(runs, key))
      const brought = missingParts(lean, question).reduce(bring, lean)
      expect(missingParts(brought, question)).toEqual([])
      shows(brought, runs)
      const replaced = { ...later, id: first.id }
      const gone = runs.slice(1, 4).map(({ id }) => id)
      const over = overRunTable(table, new Set(gone), [inTable(replaced)])
      shows(over, [replaced, ...runs.slice(4)])
    }),
    { numRuns: 30 },
  )
})

/** The table has these runs, newest first, with every value they have. */
function shows(table: RunTable, runs: readonly SealedRun[]): void {
  const fields = fieldsOf(runs)
  const { rows } = askRunTable(table, questionOf(fields), 0)
  const newest = [...runs].sort((left, right) => (left.id < right.id ? 1 : -1))
  const expected = newest.map((run) => {
    const subject = filterSubject({ run, notes: NOTES, versions: [] }, 0)
    return { id: run.id, cells: fields.map((field) => cellOf(parseField(field), subject)) }
  })
  expect(rows).toEqual(expected)
}

function questionOf(columns: readonly string[]): TableQuestion {
  return { columns, sort: [], from: 0, count: Infinity, archived: true }
}

function metricsOf(runs: readonly SealedRun[], key: MetricKey) {
  return new Map(
    runs.flatMap(({ id, metrics }) => (metrics.has(key) ? [[id, present(metrics.get(key), 'one')] as const] : [])),
  )
}

const NOTES = { tags: [], archived: false }

test('the spread of a group is that of a sample, without the noise of adding up', () => {
  expect(spreadOf([1, 2, 3, 4])).toEqual({ mean: 2.5, deviation: Math.sqrt(5 / 3), min: 1, max: 4, count: 4 })
  expect(spreadOf([0.1, 0.1, 0.1])).toMatchObject({ deviation: 0, count: 3 })
  expect(spreadOf([7])).toEqual({ mean: 7, deviation: 0, min: 7, max: 7, count: 1 })
  expect(spreadOf([])).toBeNull()
})

function inTable(run: SealedRun) {
  const subject = filterSubject({ run, notes: NOTES, versions: [] }, 0)
  return tableRun({ ...subject, id: run.id }, false, run)
}

interface Played {
  readonly change: Change
  readonly tips: Oid[]
  readonly runs: SealedRun[]
}

async function apply(world: MemoryRepository, repository: Repository, { change, tips, runs }: Played): Promise<void> {
  const edits = editsOf(change, runs)
  if (edits.length > 0) tips.push(await commit(repository, tips.at(-1), edits))
  if (change.kind !== 'rewound') return
  const back = present(tips[change.pick % tips.length], 'a tip')
  world.volume.writeFileSync('/repository/.git/refs/heads/mlv', `${back}\n`)
  tips.push(back)
}

function editsOf(change: Change, runs: SealedRun[]): readonly TreeEdit[] {
  const picked = 'pick' in change ? runs[change.pick % Math.max(1, runs.length)] : undefined
  switch (change.kind) {
    case 'runs':
      runs.push(...change.runs)
      return change.runs.map(runEdit)
    case 'many': {
      const many = Array.from({ length: change.count }, (_, at) => ({ ...change.run, id: runId(at + 1) }))
      runs.push(...many)
      return many.map(runEdit)
    }
    case 'notes':
      return picked === undefined ? [] : [put(`${runFolder(picked.id)}/notes.yaml`, encodeNotes(change.notes))]
    case 'lost':
      return picked === undefined ? [] : [{ kind: 'remove', path: rootPath(runFolder(picked.id)) }]
    case 'version': {
      const { model, number } = change.version
      const version = { ...change.version, run: picked?.id ?? change.version.run }
      return [put(`models/${model}/versions/${number}/version.yaml`, encodeVersion(version))]
    }
    case 'rewound':
      return []
  }
}

function runId(at: number): SealedRun['id'] {
  return sampleUlid(at) as SealedRun['id']
}

function runEdit(run: SealedRun): TreeEdit {
  return put(`${runFolder(run.id)}/run.yaml`, encodeRun(run))
}

function put(path: string, bytes: Uint8Array): TreeEdit {
  return { kind: 'put', path: rootPath(path), bytes }
}

let operations = 0

async function commit(repository: Repository, expected: Oid | undefined, edits: readonly TreeEdit[]): Promise<Oid> {
  operations += 1
  const message = formatOperation({ kind: 'commit', subject: 'a change', id: operationIdOf(sampleUlid(operations)) })
  const update = { ref: MLV, expected, edits, alsoParents: [], message }
  const [oid] = await repository.context.engine.commitRefs([update], SIGNATURES)
  return present(oid, 'a commit')
}

function open({ files }: MemoryRepository, index: string): Promise<Repository> {
  return openRepository({ ...hostOptions('/repository'), files, engine: 'embedded', variables: { MLV_INDEX: index } })
}
