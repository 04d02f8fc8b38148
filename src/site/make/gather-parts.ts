/**
 * Gathers what a site is made of, one document at a time: little of a large branch is ever in memory.
 */
import { compareText } from '../../base/order.ts'
import { instantMs } from '../../base/clock.ts'
import { isSystemMetric } from '../../domain/key.ts'
import { rerunCandidate, rerunsAmong } from '../../domain/repeats.ts'
import type { RerunCandidate } from '../../domain/repeats.ts'
import type { ArtifactFile } from '../../domain/artifact.ts'
import { presentFiles } from '../../ops/artifacts/bring-present.ts'
import { describeRow } from '../../ops/read/describe-run.ts'
import type { RunDescription } from '../../ops/read/describe-run.ts'
import type { PinnedRepository } from '../../ops/read/pinned-repository.ts'
import { readSealedPoints } from '../../ops/read/read-run-series.ts'
import type { LineageFacts } from '../../domain/lineage.ts'
import { readAllLineage } from '../../ops/read/read-lineage.ts'
import { readSparklines } from '../../ops/read/read-sparklines.ts'
import type { RunRow } from '../../ops/revisions/run-row.ts'
import { wireRun } from '../../server/handlers/run.ts'
import { wireRunHead } from '../../server/handlers/run-head.ts'
import { wireEnvironment } from '../../server/to-wire.ts'
import type { WireSession, WireViews } from '../../server/wire.ts'
import { encodeSeries } from '../series-document.ts'
import {
  contentDocument,
  environmentDocument,
  modelDocument,
  runDocument,
  seriesDocument,
  SITE,
  TABLE,
  LINEAGE,
} from '../site-document.ts'
import type { EnvironmentDocument, RunDocument, SiteDocument } from '../site-document.ts'
import { encodeCurves, SPARK_POINTS, SPARKS_TOGETHER, sparksDocument } from '../spark-document.ts'
import { encodeTable } from '../table-document.ts'
import type { SiteRun } from '../table-document.ts'
import { routeAsker } from './ask-route.ts'
import type { AskRoute } from './ask-route.ts'
import { chooseRuns, isPartial } from './choose-runs.ts'
import type { SiteChoice } from './choose-runs.ts'
import { gatherContent, OUTPUT } from './gather-content.ts'
import { gatherFiles, shownFiles } from './gather-files.ts'
import type { FileChoice, FileTally } from './gather-files.ts'
import { chosenModels } from './chosen-models.ts'
import type { SitePart } from './site-part.ts'

/** What a site shall have. */
export interface SiteWish extends SiteChoice {
  readonly files: FileChoice
  /** What the site is called. */
  readonly title: string
  readonly mlvVersion: string
}

/** What was gathered. */
export interface SiteTally extends FileTally {
  runs: number
  models: number
  /** Series of which only a summary could be had. */
  incomplete: number
}

/** Told of every run that was gathered. */
export type OnRun = (done: number, all: number) => void

/** What all runs of one gathering share. */
interface Gathering {
  readonly pinned: PinnedRepository
  readonly ask: AskRoute
  readonly wish: SiteWish
  readonly tally: SiteTally
  /** Numbers of environments, by their text. */
  readonly environments: Map<string, number>
  /** Numbers of likenesses, by their text. */
  readonly likenesses: Map<string, number>
  /** Digests of files that are part of the site already. */
  readonly files: Set<string>
}

const RUNS_TOGETHER = 32

/** Nothing gathered yet. */
export function noTally(): SiteTally {
  return { runs: 0, models: 0, incomplete: 0, files: 0, fileBytes: 0, leftOut: 0, missing: 0 }
}

/** Gathers the documents of a site in an order that does not change. @throws `filter-invalid`, `branch-not-found` */
export async function* gatherParts(
  pinned: PinnedRepository,
  wish: SiteWish,
  tally: SiteTally,
  onRun: OnRun,
): AsyncGenerator<SitePart> {
  const rows = await chooseRuns(pinned.repository, wish)
  const ask = routeAsker(pinned, wish.mlvVersion)
  const gathering: Gathering = {
    pinned,
    ask,
    wish,
    tally,
    environments: new Map(),
    likenesses: new Map(),
    files: new Set(),
  }
  yield* gatherSite(gathering, rows)
  const runs: GatheredRun[] = []
  const store = presentFiles(pinned.repository)
  for (let at = 0; at < rows.length; at += RUNS_TOGETHER) {
    const some = rows.slice(at, at + RUNS_TOGETHER)
    const descriptions = await Promise.all(some.map((row) => describeRow(pinned.repository, row)))
    const present = await store.bring(descriptions.flatMap((description) => wantedFiles(description, wish.files)))
    for (const description of descriptions) {
      yield* gatherRun(gathering, description, present)
      runs.push(siteRun(gathering, description.row))
      yield* gatherSeries(gathering, description, present)
      tally.runs += 1
      onRun(tally.runs, rows.length)
    }
  }
  yield {
    name: LINEAGE,
    document: await chosenLineage(pinned, isPartial(wish) ? runs.map(({ run }) => run) : undefined),
  }
  yield { name: TABLE, document: encodeTable(tableRuns(runs)) }
  for (let at = 0; at < rows.length; at += SPARKS_TOGETHER) {
    yield* gatherSparks(gathering, rows.slice(at, at + SPARKS_TOGETHER), at)
  }
}

/** What is read of the store: files that are shown, output, and the points of long series. */
function wantedFiles(description: RunDescription, { mostBytes }: FileChoice): readonly ArtifactFile[] {
  const { files, row } = description
  const shown = mostBytes === 0 ? [] : shownFiles(description).filter(({ sizeBytes }) => sizeBytes <= mostBytes)
  return [...shown, ...files.filter(({ path }) => path === row.run.seriesFull || OUTPUT.test(path))]
}

async function* gatherSite({ ask, wish, pinned, tally }: Gathering, rows: readonly RunRow[]): AsyncGenerator<SitePart> {
  const { body: views } = await ask('api/views')
  const runs = isPartial(wish) ? new Set<string>(rows.map(({ run }) => run.id)) : undefined
  const { list, models } = await chosenModels(ask, runs)
  const { body } = await ask('api/session')
  const document: SiteDocument = {
    session: { ...(body as WireSession), repository: wish.title },
    tip: pinned.tip,
    atMs: pinned.atMs,
    models: list,
    views: views as WireViews,
  }
  yield { name: SITE, document }
  for (const [place, model] of models.entries()) yield { name: modelDocument(place), document: model }
  tally.models = models.length
}

async function* gatherRun(
  gathering: Gathering,
  description: RunDescription,
  present: ReadonlySet<ArtifactFile>,
): AsyncGenerator<SitePart> {
  const { ask, pinned, wish, tally, files: known } = gathering
  const { row, files, environment } = description
  const { id } = row.run
  const number = environment === undefined ? undefined : numberIn(gathering.environments, JSON.stringify(environment))
  if (environment !== undefined && number?.isNew === true) {
    const document: EnvironmentDocument = { wire: wireEnvironment(environment), side: environment }
    yield { name: environmentDocument(number.number), document }
  }
  const chosen = yield* gatherFiles(pinned.repository, description, {
    choice: wish.files,
    tally,
    known,
    present,
  })
  const document: RunDocument = {
    answer: { status: 200, body: { ...wireRun(description), environment: null } },
    side: {
      label: id.slice(0, 12),
      files: files.map(({ path, sha256, sizeBytes, storage }) => ({ path, sha256, sizeBytes, storage })),
      datasets: row.run.datasets,
      code: row.run.code,
    },
    environment: number?.number ?? null,
    files: chosen,
  }
  yield { name: runDocument(id), document }
  const content = await gatherContent(ask, description, { chosen, present })
  if (content !== undefined) yield { name: contentDocument(id), document: content }
}

async function* gatherSeries(
  { pinned, tally }: Gathering,
  { row: { run }, files }: RunDescription,
  present: ReadonlySet<ArtifactFile>,
): AsyncGenerator<SitePart> {
  const isHere = run.seriesFull === undefined || files.some((file) => file.path === run.seriesFull && present.has(file))
  const { series, isComplete } = await readSealedPoints(pinned.repository, run, isHere ? 'all' : 'summary')
  if (!isComplete) tally.incomplete += 1
  if (series.size === 0) return
  const head = { run: run.id, startedAtMs: instantMs(run.startedAt), isComplete }
  yield { name: seriesDocument(run.id), document: encodeSeries(head, series) }
}

async function* gatherSparks({ pinned }: Gathering, rows: readonly RunRow[], at: number): AsyncGenerator<SitePart> {
  const keys = new Set(rows.flatMap(({ run }) => [...run.metrics.keys()].filter((key) => !isSystemMetric(key))))
  const metrics = [...keys].sort(compareText)
  const runs = rows.map(({ run }) => run.id)
  const found = await readSparklines(pinned.repository, { runs, metrics, points: SPARK_POINTS })
  if (found.size === 0) return
  const document = Object.fromEntries([...found].map(([run, curves]) => [run, encodeCurves(curves)]))
  yield { name: sparksDocument(at), document }
}

/** Relations among the runs of the site, and the versions they made. @param runs absent when it has all */
async function chosenLineage(
  { repository }: PinnedRepository,
  runs: readonly SiteRun[] | undefined,
): Promise<LineageFacts> {
  const facts = await readAllLineage(repository)
  if (runs === undefined) return facts
  const ids = new Set<string>(runs.map(({ head }) => head.id))
  const versions = facts.versions.filter(({ runs: [first] }) => first !== undefined && ids.has(first))
  return {
    runs: facts.runs.filter(({ id }) => ids.has(id)),
    versions: versions.map((version) => ({
      ...version,
      runs: version.runs.filter((run) => ids.has(run)),
      receipts: version.receipts.filter(({ run }) => ids.has(run)),
    })),
  }
}

/** A run of the table, and what tells whether it does another again. */
interface GatheredRun {
  readonly run: SiteRun
  readonly candidate: RerunCandidate
}

function siteRun({ likenesses }: Gathering, row: RunRow): GatheredRun {
  const { parameters, metrics } = row.run
  const head = wireRunHead(row)
  const { likeness: text, ...told } = rerunCandidate(row.run)
  const likeness = typeof text === 'string' ? numberIn(likenesses, text).number : null
  return { run: { head, parameters, metrics, likeness, rerunOf: null }, candidate: { ...told, likeness } }
}

/** Runs with what they do again. Who is like nobody has no likeness. */
function tableRuns(gathered: readonly GatheredRun[]): readonly SiteRun[] {
  const originals = rerunsAmong(gathered.map(({ candidate }) => candidate))
  const counts = new Map<number, number>()
  for (const { run } of gathered) {
    if (run.likeness !== null) counts.set(run.likeness, (counts.get(run.likeness) ?? 0) + 1)
  }
  return gathered.map(({ run, candidate: { id } }) => {
    const likeness = run.likeness !== null && (counts.get(run.likeness) ?? 0) > 1 ? run.likeness : null
    return { ...run, likeness, rerunOf: originals.get(id) ?? null }
  })
}

function numberIn(numbers: Map<string, number>, text: string): { readonly number: number; readonly isNew: boolean } {
  const known = numbers.get(text)
  if (known !== undefined) return { number: known, isNew: false }
  numbers.set(text, numbers.size)
  return { number: numbers.size - 1, isNew: true }
}
