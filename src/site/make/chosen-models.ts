/**
 * The models of a site. Where it has some of the runs only, it has the versions that these made, and says nothing of
 * the others.
 */
import type { WireModel, WireModelHead, WireModels, WireModelVersion, WireVersion } from '../../server/wire.ts'
import type { KeptAnswer, ModelDocument } from '../site-document.ts'
import type { AskRoute } from './ask-route.ts'

/** The list of models, and the document of each in its order. */
export interface ChosenModels {
  readonly list: WireModels
  readonly models: readonly ModelDocument[]
}

/** Asks for the models. @param runs ids of the runs that the site has; absent when it has all */
export async function chosenModels(ask: AskRoute, runs: ReadonlySet<string> | undefined): Promise<ChosenModels> {
  const { models: heads } = (await ask('api/models')).body as WireModels
  const list: WireModelHead[] = []
  const models: ModelDocument[] = []
  for (const head of heads) {
    const answer = await ask(`api/model/${encodeURIComponent(head.name)}`)
    const whole = answer.body as WireModel
    const model = partOfModel(whole, runs)
    if (runs !== undefined && model.versions.length === 0) continue
    list.push(runs === undefined ? head : partOfHead(head, model))
    models.push({ answer: { ...answer, body: model }, files: await filesOf(ask, model) })
  }
  return { list: { models: list }, models }
}

async function filesOf(ask: AskRoute, { name, versions }: WireModel): Promise<ModelDocument['files']> {
  const files: [number: string, answer: KeptAnswer][] = []
  for (const { number } of versions) {
    const answer = await ask(`api/model/${encodeURIComponent(name)}/version/${number}/files`)
    if (answer.status === 200) files.push([String(number), answer])
  }
  return Object.fromEntries(files)
}

/**
 * Requests are of what this clone fetched, and gates of `mlv.yaml` are of its worktree: two clones would differ in
 * them, and they are not on the branch.
 */
function partOfModel(whole: WireModel, runs: ReadonlySet<string> | undefined): WireModel {
  const gates = whole.gates?.source === 'model.yaml' ? whole.gates : null
  const model = { ...whole, requests: [], gates }
  return runs === undefined ? model : chosenPart(model, runs)
}

function chosenPart(model: WireModel, runs: ReadonlySet<string>): WireModel {
  const versions = model.versions
    .filter(({ run }) => runs.has(run))
    .map((version): WireModelVersion => ({
      ...version,
      runs: version.runs.filter((run) => runs.has(run)),
      receipts: [],
    }))
  const isWhole = versions.length === model.versions.length
  const numbers = new Set(versions.map(({ number }) => number))
  const aliases = model.aliases.filter(({ version }) => numbers.has(version))
  return {
    ...model,
    versions,
    aliases: aliases.map((alias) => {
      return alias.previous === null || numbers.has(alias.previous) ? alias : { ...alias, previous: null }
    }),
    history: isWhole ? model.history : [],
    // Each is held against the version in production: without that one they say nothing.
    gates:
      model.gates?.base === null || (model.gates !== null && numbers.has(model.gates.base))
        ? { ...model.gates, versions: model.gates.versions.filter(({ number }) => numbers.has(number)) }
        : null,
  }
}

function partOfHead(head: WireModelHead, { versions, aliases }: WireModel): WireModelHead {
  const [latest] = versions
  if (head.latest !== null && latest !== undefined && head.latest.number === latest.number) {
    return { ...head, versions: versions.length, aliases }
  }
  return { ...head, versions: versions.length, latest: latest === undefined ? null : versionInList(latest), aliases }
}

/** What a list says of a version. */
function versionInList(version: WireModelVersion): WireVersion {
  const { model, number, uid, run, createdAt, message, contentDigest, fileCount, sizeBytes } = version
  const { metrics, parameters, datasets, code } = version
  const head = { model, number, uid, run, createdAt, message, contentDigest, fileCount, sizeBytes }
  return { ...head, metrics, parameters, datasets, code }
}
