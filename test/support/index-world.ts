/**
 * A repository in memory whose index is looked at, damaged and raced for.
 */
import { operationIdOf } from '../../src/domain/operation.ts'
import { formatOperation } from '../../src/domain/operation-message.ts'
import type { Oid } from '../../src/domain/oid.ts'
import { parseRefName } from '../../src/domain/ref-name.ts'
import { runIdOf } from '../../src/domain/run.ts'
import { rootPath, runFolder } from '../../src/domain/tree-path.ts'
import { hostOptions } from '../../src/host.ts'
import { showModel } from '../../src/ops/models/list-models.ts'
import { listRuns } from '../../src/ops/read/list-runs.ts'
import { openRepository } from '../../src/ops/repository/repository.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import { fieldValue } from '../../src/ops/revisions/field-value.ts'
import { resolveRevision } from '../../src/ops/revisions/resolve-revision.ts'
import { openSnapshot } from '../../src/store/branch/snapshot.ts'
import { openIndexFile, readVersionRecords, readVersionRuns } from '../../src/store/catalog/index-file.ts'
import { withCatalog } from '../../src/store/catalog/open-catalog.ts'
import { checkBlock } from '../../src/store/catalog/run-block.ts'
import { readStretch } from '../../src/store/catalog/section-file.ts'
import { encodeModel } from '../../src/store/documents/model-manifest.ts'
import { encodeNotes } from '../../src/store/documents/notes-manifest.ts'
import { encodeRun } from '../../src/store/documents/run-manifest.ts'
import { encodeSettings } from '../../src/store/documents/settings-manifest.ts'
import { encodeVersion } from '../../src/store/documents/version-manifest.ts'
import type { Files } from '../../src/store/files/files.ts'
import type { TreeEdit } from '../../src/store/git/engine.ts'
import { exampleModel, exampleRun, exampleVersion } from './example-records.ts'
import { makeMemoryRepository, SIGNATURES } from './repository.ts'
import type { MemoryRepository } from './repository.ts'
import { metricsOf, sampleUlid } from './sample.ts'

/** Where the index is. */
export const INDEX = '/repository/.git/mlv/index/runs'

const MLV = parseRefName('refs/heads/mlv')
const SETTINGS = {
  format: 1,
  layout: 'single' as const,
  areas: { registry: MLV, records: MLV },
  store: 'lfs' as const,
  stores: [],
  mirrors: [],
}

/** Makes a branch of so many runs, with notes of one and a version of a model. */
export async function makeIndexWorld(count: number): Promise<MemoryRepository> {
  const world = makeMemoryRepository()
  const model = encodeModel({ ...exampleModel, name: exampleVersion.model })
  const folder = `models/${exampleVersion.model}`
  await commitEdits(world, undefined, [
    put('mlv.json', encodeSettings(SETTINGS)),
    put(`${folder}/model.yaml`, model),
    put(`${folder}/versions/${exampleVersion.number}/version.yaml`, encodeVersion(exampleVersion)),
    put(
      `${runFolder(runIdOf(sampleUlid(3)))}/notes.yaml`,
      encodeNotes({ tags: ['seen'], archived: false, note: 'looked at' }),
    ),
    ...runEdits(1, count),
  ])
  return world
}

/** Records further runs, of which the first has this number; answers with the branch as it is then. */
export async function recordRuns(world: MemoryRepository, before: Oid, from: number, count: number): Promise<Oid> {
  return commitEdits(world, before, runEdits(from, count))
}

/** Reads every byte of the index that is there. @throws an error when any of it is not what was written */
export async function verifyIndex({ files }: MemoryRepository): Promise<void> {
  const file = await files.open(INDEX, 'read')
  try {
    const index = await openIndexFile(file)
    for (const block of index.blocks) checkBlock(await readStretch(file, block.offset, block.length), block)
    await readVersionRuns(index)
    for (const model of index.models.keys()) await readVersionRecords(index, model)
  } finally {
    await file.close()
  }
}

/** The commit of the branch. */
export async function tipOf(world: MemoryRepository): Promise<Oid> {
  return withRepository(world.files, 'never', async ({ context }) => {
    return (await openSnapshot(context.engine)).tips.records
  })
}

/** A list with a filter and an order. */
export async function listed(files: Files, index: 'always' | 'never', at?: Oid): Promise<unknown> {
  const pinned = at === undefined ? {} : { at }
  return withRepository(files, index, (repository) =>
    listRuns(repository, { filter: 'metric.auc > 0.2', sort: '-metric.auc', limit: 30, ...pinned }),
  )
}

/** Everything that an index answers, so that every byte of it is read. */
export async function everything(files: Files, index: 'always' | 'never'): Promise<unknown> {
  return withRepository(files, index, async (repository) => {
    const snapshot = await openSnapshot(repository.context.engine)
    const scanned: unknown[] = []
    await withCatalog(snapshot, async (catalog) => {
      for await (const record of catalog.scan()) scanned.push(record)
      for await (const { facts, parameters, metrics } of catalog.columnBlocks()) {
        const cells = [...parameters, ...metrics].map(([key, column]) => [
          key,
          [...column.rows],
          Array.from(column.rows, (_, cell) => column.valueAt(cell)),
        ])
        scanned.push(facts, cells)
      }
    })
    return [
      scanned,
      await listRuns(repository, { filter: 'metric.auc > 0.2', sort: '-metric.auc', limit: 30 }),
      (await listRuns(repository, { limit: 3, fields: ['param.seed', 'metric.auc'] })).map((row) => [
        row.run.id,
        fieldValue(row, 'param.seed'),
        fieldValue(row, 'metric.auc'),
      ]),
      await resolveRevision(snapshot, 'best:max:auc'),
      await showModel(repository, exampleVersion.model, {}),
    ]
  })
}

async function withRepository<Result>(
  files: Files,
  index: 'always' | 'never',
  work: (repository: Repository) => Promise<Result>,
): Promise<Result> {
  const options = { files, engine: 'embedded' as const, variables: { MLV_INDEX: index } }
  const repository = await openRepository({ ...hostOptions('/repository'), ...options })
  try {
    return await work(repository)
  } finally {
    await repository.close()
  }
}

function runEdits(from: number, count: number): readonly TreeEdit[] {
  return Array.from({ length: count }, (_, index) => {
    const id = runIdOf(sampleUlid(from + index))
    const run = { ...exampleRun, id, metrics: metricsOf({ auc: (from + index) / 50, loss: NaN }) }
    return put(`${runFolder(id)}/run.yaml`, encodeRun(run))
  })
}

async function commitEdits(
  world: MemoryRepository,
  expected: Oid | undefined,
  edits: readonly TreeEdit[],
): Promise<Oid> {
  return withRepository(world.files, 'never', async ({ context }) => {
    const message = formatOperation({ kind: 'commit', subject: 'runs', id: operationIdOf(sampleUlid(0)) })
    const update = { ref: MLV, expected, edits, alsoParents: [], message }
    const [oid] = await context.engine.commitRefs([update], SIGNATURES)
    if (oid === undefined) throw new Error('no commit was made')
    return oid
  })
}

function put(path: string, bytes: Uint8Array): TreeEdit {
  return { kind: 'put', path: rootPath(path), bytes }
}
