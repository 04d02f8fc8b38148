/**
 * The law of the index: whatever happened to the branch, and whatever state the index was left in, it answers as the
 * branch does.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { formatOperation } from '../../src/domain/operation-message.ts'
import { operationIdOf } from '../../src/domain/operation.ts'
import type { Oid } from '../../src/domain/oid.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import type { SealedRun } from '../../src/domain/run.ts'
import { rootPath, runFolder } from '../../src/domain/tree-path.ts'
import { hostOptions } from '../../src/host.ts'
import { listRuns } from '../../src/ops/read/list-runs.ts'
import type { ListRunsOptions } from '../../src/ops/read/list-runs.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import { resolveRevision } from '../../src/ops/revisions/resolve-revision.ts'
import { openSnapshot } from '../../src/store/branch/snapshot.ts'
import { encodeAlias } from '../../src/store/documents/alias-manifest.ts'
import { encodeModel } from '../../src/store/documents/model-manifest.ts'
import { encodeNotes } from '../../src/store/documents/notes-manifest.ts'
import { encodeRun } from '../../src/store/documents/run-manifest.ts'
import { encodeSettings } from '../../src/store/documents/settings-manifest.ts'
import { encodeState } from '../../src/store/documents/state-manifest.ts'
import { encodeVersion } from '../../src/store/documents/version-manifest.ts'
import type { TreeEdit } from '../../src/store/git/engine.ts'
import { anyAlias, anyModel, anyNotes, anyRun, anyState, anyVersion } from '../support/document-arbitraries.ts'
import { makeMemoryRepository, SIGNATURES } from '../support/repository.ts'
import type { MemoryRepository } from '../support/repository.ts'
import { sampleUlid } from '../support/sample.ts'

const MLV = parseRefName('refs/heads/mlv')
const INDEX = '/repository/.git/mlv/index/runs'

const anyChange = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('runs' as const),
      runs: fc.array(anyRun, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('notes' as const), notes: anyNotes, pick: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('version' as const),
      version: anyVersion,
      state: fc.option(anyState),
      alias: anyAlias,
      model: anyModel,
      pick: fc.nat(),
    }),
  },
  fc.record({ kind: fc.constant('many' as const), run: anyRun, count: fc.integer({ min: 60, max: 300 }) }),
  fc.record({ kind: fc.constant('lost' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('rewound' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constantFrom('look' as const, 'removed' as const) }),
  fc.record({ kind: fc.constantFrom('flipped' as const, 'cut' as const, 'zeroed' as const), pick: fc.nat() }),
)
type Change = typeof anyChange extends fc.Arbitrary<infer Item> ? Item : never

/** Filters over what the run under test has, and over what it has not. */
function listsFor(runs: readonly SealedRun[], pick: number): readonly ListRunsOptions[] {
  const run = runs[pick % Math.max(1, runs.length)]
  const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`
  const metric = [...(run?.metrics.keys() ?? ['loss'])].map(quoted)[0] ?? 'loss'
  const parameter = [...(run?.parameters.keys() ?? ['lr'])].map(quoted)[0] ?? 'lr'
  return [
    {},
    { archived: true, limit: 3, sort: `metric.${metric}.best` },
    { filter: `metric.${metric} < 0.5 or not has param.${parameter}`, sort: `-param.${parameter}` },
    { filter: `metric.${metric}.count >= 1 and created > 1980-01-01`, sort: 'elapsed', archived: true },
    { filter: `param.${parameter} != 3 or tag ~ a or model ~ e or status = killed`, sort: 'experiment' },
    { filter: `metric.${metric} = nan or metric.${metric}.min <= -inf`, archived: true },
  ]
}

test('law: a list from the index is the list of the branch', async () => {
  let fromIndex = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyChange, { minLength: 2, maxLength: 9, size: 'max' }),
      fc.nat(),
      async (changes, pick) => {
        const world = makeMemoryRepository()
        const branch = await open(world, 'never')
        const indexed = await open(world, 'always')
        const tips: Oid[] = [await commit(branch, undefined, [put('mlv.json', encodeSettings(SETTINGS))])]
        const runs: SealedRun[] = []
        for (const change of changes) {
          await apply(world, branch, { change, tips, runs })
          const at = pick % 3 === 0 ? { at: present(tips[pick % tips.length], 'a tip') } : {}
          for (const options of listsFor(runs, pick)) {
            expect(await outcome(() => listRuns(indexed, { ...options, ...at }))).toEqual(
              await outcome(() => listRuns(branch, { ...options, ...at })),
            )
          }
          for (const revision of ['best:max:loss', 'best:min:x', '0', '00', 'LAST']) {
            expect(await outcome(() => resolve(indexed, revision))).toEqual(
              await outcome(() => resolve(branch, revision)),
            )
          }
          fromIndex += world.volume.existsSync(INDEX) ? 1 : 0
        }
        await branch.close()
        await indexed.close()
      },
    ),
    { numRuns: 8 },
  )
  expect(fromIndex).toBeGreaterThan(10)
})

const SETTINGS = {
  format: 1,
  layout: 'single' as const,
  areas: { registry: MLV, records: MLV },
  store: 'lfs' as const,
  stores: [],
  mirrors: [],
}

interface Played {
  readonly change: Change
  /** Oldest first; the last is where the branch is. */
  readonly tips: Oid[]
  /** Runs that were ever recorded. */
  readonly runs: SealedRun[]
}

async function apply(world: MemoryRepository, repository: Repository, { change, tips, runs }: Played): Promise<void> {
  const tip = tips.at(-1)
  const edits = editsOf(change, runs)
  if (edits.length > 0) tips.push(await commit(repository, tip, edits))
  if (change.kind === 'rewound') {
    const back = present(tips[change.pick % tips.length], 'a tip')
    world.volume.writeFileSync('/repository/.git/refs/heads/mlv', `${back}\n`)
    tips.push(back)
  }
  if (!world.volume.existsSync(INDEX)) return
  if (change.kind === 'removed') world.volume.unlinkSync(INDEX)
  if (change.kind !== 'flipped' && change.kind !== 'cut' && change.kind !== 'zeroed') return
  const bytes = Buffer.from(world.volume.readFileSync(INDEX) as Buffer)
  const at = change.pick % bytes.length
  if (change.kind === 'flipped') bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (change.pick % 8)), at)
  if (change.kind === 'zeroed') bytes.fill(0, at, Math.min(bytes.length, at + 4096))
  world.volume.writeFileSync(INDEX, change.kind === 'cut' ? bytes.subarray(0, at) : bytes)
}

function editsOf(change: Change, runs: SealedRun[]): readonly TreeEdit[] {
  switch (change.kind) {
    case 'runs':
      runs.push(...change.runs)
      return change.runs.map(runEdit)
    case 'many': {
      const many = Array.from({ length: change.count }, (_, index) => {
        return { ...change.run, id: sampleUlid(index + 1) as SealedRun['id'] }
      })
      runs.push(...many)
      return many.map(runEdit)
    }
    case 'notes': {
      const run = runs[change.pick % Math.max(1, runs.length)]
      return run === undefined ? [] : [put(`${runFolder(run.id)}/notes.yaml`, encodeNotes(change.notes))]
    }
    case 'lost': {
      const run = runs[change.pick % Math.max(1, runs.length)]
      return run === undefined ? [] : [{ kind: 'remove', path: rootPath(runFolder(run.id)) }]
    }
    case 'version': {
      const run = runs[change.pick % Math.max(1, runs.length)]
      const version = run === undefined ? change.version : { ...change.version, run: run.id }
      const { model, number, uid } = version
      const folder = `models/${model}/versions/${number}`
      const alias = { ...change.alias, model, version: { number, uid } }
      return [
        put(`models/${model}/model.yaml`, encodeModel({ ...change.model, name: model })),
        put(`${folder}/version.yaml`, encodeVersion(version)),
        ...(change.state === null ? [] : [put(`${folder}/state.yaml`, encodeState(change.state))]),
        put(`models/${model}/aliases/${alias.name}.yaml`, encodeAlias(alias)),
      ]
    }
    case 'rewound':
    case 'look':
    case 'removed':
    case 'flipped':
    case 'cut':
    case 'zeroed':
      return []
  }
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

async function resolve(repository: Repository, revision: string): Promise<unknown> {
  return resolveRevision(await openSnapshot(repository.context.engine), revision)
}

/** What came of it, refusals included. */
async function outcome<Result>(work: () => Promise<Result>): Promise<unknown> {
  try {
    return await work()
  } catch (error) {
    return error instanceof Error ? error.message : error
  }
}
