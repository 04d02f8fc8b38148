/**
 * `mlv estimate`: what a compact store would keep of files that follow on others, form by form, before anyone decides.
 */
import { basename, isAbsolute, join, resolve } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { refuse } from '../../domain/failure.ts'
import { objectOf } from '../../domain/artifact.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import type { SizedSource } from '../../remote/compact/alignment.ts'
import { COMPACT_LEAST_BYTES, WORTH_RATIO } from '../../remote/compact/compact-bounds.ts'
import type { MeasuredForm } from '../../remote/compact/measure-forms.ts'
import { readFileRange } from '../../remote/read-file-range.ts'
import { collectFiles } from '../../store/artifacts/collect.ts'
import { readVersionFiles } from '../../store/branch/read-models.ts'
import { readRunFiles } from '../../store/branch/read-runs.ts'
import { openSnapshot } from '../../store/branch/snapshot.ts'
import type { BranchSnapshot } from '../../store/branch/snapshot.ts'
import type { Files } from '../../store/files/files.ts'
import { nodeFiles } from '../../store/files/node-files.ts'
import { bringArtifacts } from '../artifacts/bring-artifacts.ts'
import { openRepository } from '../repository/repository.ts'
import type { OpenOptions, Repository } from '../repository/repository.ts'
import { resolveRevision } from '../revisions/resolve-revision.ts'

/** What one form comes to for all files. */
export interface FormEstimate {
  readonly form: MeasuredForm
  readonly storedBytes: number
  readonly elapsedMs: number
}

/** The estimate for files that follow on others. */
export interface StorageEstimate {
  readonly before: string
  readonly after: string
  readonly files: number
  readonly sizeBytes: number
  /** Files that have one of the same path before them. */
  readonly paired: number
  readonly forms: readonly FormEstimate[]
  /** Each file in its best form, as a compact store would choose. */
  readonly best: Omit<FormEstimate, 'form'> & { readonly form: MeasuredForm | 'mixed' }
}

/** A file by the path it is compared under. */
type NamedSources = ReadonlyMap<string, SizedSource>

const FORMS: readonly MeasuredForm[] = ['whole', 'zstd', 'planes', 'delta', 'chunks']

/**
 * Estimates two files, two folders, or two runs or versions. Paths come first: a revision is looked for where nothing
 * of that name is on the disk.
 *
 * @throws `file-not-found`, what `resolveRevision` and `bringArtifacts` refuse
 */
export async function estimateStorage(open: OpenOptions, before: string, after: string): Promise<StorageEstimate> {
  const files = open.files ?? nodeFiles
  const paths = [before, after].map((text) => (isAbsolute(text) ? text : resolve(open.folder, text)))
  const sides = await Promise.all(paths.map((path) => sourcesAt(files, path)))
  const [old, next] = sides
  if (old !== undefined && next !== undefined) return estimate(open.clock, { before, after }, pairable(old, next))
  if (old !== undefined || next !== undefined) {
    throw refuse('file-not-found', { file: old === undefined ? before : after, wanted: 'file or folder' })
  }
  const repository = await openRepository(open)
  try {
    const snapshot = await openSnapshot(repository.context.engine)
    const left = await sourcesOf(repository, snapshot, before)
    const right = await sourcesOf(repository, snapshot, after)
    return await estimate(open.clock, { before, after }, { old: left, next: right })
  } finally {
    await repository.close()
  }
}

/** Two files are a pair, whatever they are called. */
function pairable(old: NamedSources, next: NamedSources): { readonly old: NamedSources; readonly next: NamedSources } {
  const [first, second] = [[...old.values()], [...next.values()]]
  const isPair = old.size === 1 && next.size === 1
  if (!isPair) return { old, next }
  return { old: new Map(first.map((file) => ['', file])), next: new Map(second.map((file) => ['', file])) }
}

async function estimate(
  clock: Clock,
  names: { readonly before: string; readonly after: string },
  { old, next }: { readonly old: NamedSources; readonly next: NamedSources },
): Promise<StorageEstimate> {
  const { measureForms } = await import('../../remote/compact/measure-forms.ts')
  const { openZstd } = await import('../../remote/compact/zstd.ts')
  const zstd = await openZstd()
  const totals = new Map<MeasuredForm, FormEstimate>(
    FORMS.map((form) => [form, { form, storedBytes: 0, elapsedMs: 0 }]),
  )
  const best = { storedBytes: 0, elapsedMs: 0 }
  const chosen = new Set<MeasuredForm>()
  for (const [path, file] of next) {
    const isSmall = file.sizeBytes < COMPACT_LEAST_BYTES
    const whole = { form: 'whole' as const, storedBytes: file.sizeBytes, elapsedMs: 0 }
    const measures = isSmall ? [whole] : await measureForms(zstd, file, old.get(path), clock)
    for (const [form, total] of totals) {
      const measure = measures.find((each) => each.form === form) ?? (form === 'delta' ? planesOf(measures) : whole)
      totals.set(form, added(form, total, measure))
    }
    const winner = bestOf(measures, file.sizeBytes) ?? whole
    chosen.add(winner.form)
    best.storedBytes += winner.storedBytes
    best.elapsedMs += winner.elapsedMs
  }
  const [only = 'whole'] = chosen
  return {
    ...names,
    files: next.size,
    sizeBytes: totals.get('whole')?.storedBytes ?? 0,
    paired: [...next.keys()].filter((path) => old.has(path)).length,
    forms: [...totals.values()],
    best: { form: chosen.size > 1 ? 'mixed' : only, ...best },
  }
}

function added(form: MeasuredForm, total: FormEstimate, { storedBytes, elapsedMs }: FormEstimate): FormEstimate {
  return { form, storedBytes: total.storedBytes + storedBytes, elapsedMs: total.elapsedMs + elapsedMs }
}

/** A file without one before it is no difference to anything. */
function planesOf(measures: readonly FormEstimate[]): FormEstimate {
  const planes = measures.find(({ form }) => form === 'planes') ?? measures[0]
  return planes ?? { form: 'whole', storedBytes: 0, elapsedMs: 0 }
}

/** `zstd` is there to compare with: planes of one byte are the same. */
function bestOf(measures: readonly FormEstimate[], sizeBytes: number): FormEstimate | undefined {
  return measures
    .filter(({ form, storedBytes }) => form !== 'zstd' && storedBytes <= sizeBytes * WORTH_RATIO)
    .toSorted((left, right) => left.storedBytes - right.storedBytes)[0]
}

async function sourcesAt(files: Files, path: string): Promise<NamedSources | undefined> {
  const stat = await files.stat(path)
  if (stat === undefined) return undefined
  if (stat.kind === 'file') return new Map([[basename(path), fileSource(files, path, stat.sizeBytes)]])
  const found = new Map<string, SizedSource>()
  for (const { path: below, absolute } of await collectFiles(files, path, ['.'])) {
    const { sizeBytes } = (await files.stat(absolute)) ?? { sizeBytes: 0 }
    found.set(below, fileSource(files, absolute, sizeBytes))
  }
  return found
}

async function sourcesOf(repository: Repository, snapshot: BranchSnapshot, text: string): Promise<NamedSources> {
  const resolved = await resolveRevision(snapshot, text)
  const listed = await (resolved.kind === 'run'
    ? readRunFiles(snapshot, resolved.run.id)
    : readVersionFiles(snapshot, resolved.version.model, resolved.version.number))
  const [absent] = (await bringArtifacts(repository, snapshot.settings, listed)).absent
  if (absent !== undefined) throw refuse('object-missing', { what: 'artifact', id: absent.sha256 })
  return storedSources(repository, snapshot, listed)
}

/** What stands on the branch itself is no store's. Files of a pack are the pack's. */
function storedSources(
  repository: Repository,
  { settings }: BranchSnapshot,
  listed: readonly ArtifactFile[],
): NamedSources {
  const store = repository.artifacts(settings.store)
  const found = new Map<string, SizedSource>()
  const seen = new Set<string>()
  for (const file of listed) {
    const object = objectOf(file)
    if (object === undefined || seen.has(object.sha256)) continue
    seen.add(object.sha256)
    found.set(file.path, fileSource(store.files, store.path(object.sha256), object.sizeBytes))
  }
  return found
}

function fileSource(files: Files, path: string, sizeBytes: number): SizedSource {
  return { sizeBytes, source: { read: (range) => readFileRange(files, join(path), range) } }
}
