/**
 * Lineage: what a run or version came of, and what came of it. Data -> run -> version -> alias; runs that continue or
 * repeat runs; versions that are read as data.
 *
 * Laws: every edge joins two nodes that are there; the focus is there; what is shown is an ancestor or a descendant of
 * the focus; the same facts give the same graph.
 */
import { compareText } from '../base/order.ts'
import type { RunId } from './run.ts'

/** A run as far as lineage asks about it. */
export interface LineageRun {
  readonly id: RunId
  readonly title: string
  /** `running`, or how it ended. */
  readonly status: string
  readonly experiment: string
  readonly startedAt: string
  readonly parent?: RunId
  readonly group?: string
  readonly reads: readonly LineageData[]
}

/** An input of a run. */
export interface LineageData {
  readonly uri: string
  /** `sha256:…`, `dvc-md5:…`; absent where nothing pins it, and then it is known by its name alone. */
  readonly pin?: string
}

/** A version as far as lineage asks about it. */
export interface LineageVersion {
  /** `churn@v3` */
  readonly label: string
  /** The run that made it, then those that made the same content. */
  readonly runs: readonly RunId[]
  readonly aliases: readonly string[]
  readonly isRetired: boolean
  /** What a run that reads the version, or one file of it, would record: `sha256:…`. */
  readonly pins: readonly string[]
  readonly receipts: readonly LineageReceipt[]
}

/** A repetition of a version. */
export interface LineageReceipt {
  readonly run: RunId
  readonly outcome: 'reproduced' | 'differed'
}

/** Everything there is. */
export interface LineageFacts {
  /** Oldest first. */
  readonly runs: readonly LineageRun[]
  readonly versions: readonly LineageVersion[]
}

/** What a node stands for. */
export type LineageNodeKind = 'data' | 'run' | 'version' | 'alias' | 'group'

/** One thing of the graph. */
export interface LineageNode {
  /** `run:01k…`, `version:churn@v3`, `alias:churn@production`, `data:sha256:…`, `group:lr-sweep`. */
  readonly key: string
  readonly kind: LineageNodeKind
  /** For people. */
  readonly title: string
  /** A second line: experiment, file, what became of it; may be empty. */
  readonly note: string
  /** Relations of it to things that are not shown. */
  readonly more: number
}

/** How one thing led to another. */
export type LineageRelation =
  | 'read by'
  | 'made'
  | 'made again'
  | 'named'
  | 'continued or repeated'
  | 'reproduced'
  | 'differed'
  | 'part of'
  | 'held in'

/** From what was first to what came of it. */
export interface LineageEdge {
  readonly from: string
  readonly to: string
  readonly relation: LineageRelation
}

/** The lineage of one thing. */
export interface Lineage {
  /** The key of the node it is of. */
  readonly focus: string
  /** The focus first, then by how far they are from it. */
  readonly nodes: readonly LineageNode[]
  readonly edges: readonly LineageEdge[]
  /** There is more than is shown. */
  readonly isCut: boolean
}

/** Facts that can be asked about any of their things. */
export interface LineageIndex {
  readonly has: (key: string) => boolean
  readonly of: (key: string, mostNodes: number) => Lineage
}

/** Relations of one node, newest first. */
interface Links {
  readonly before: LineageEdge[]
  readonly after: LineageEdge[]
}

/** Makes facts ready to be asked. */
export function lineageIndex(facts: LineageFacts): LineageIndex {
  const nodes = new Map<string, Omit<LineageNode, 'more'>>()
  const links = new Map<string, Links>()
  const linksOf = (key: string): Links => {
    const found = links.get(key) ?? { before: [], after: [] }
    links.set(key, found)
    return found
  }
  const join = (from: string, to: string, relation: LineageRelation): void => {
    const edge = { from, to, relation }
    linksOf(from).after.push(edge)
    linksOf(to).before.push(edge)
  }
  addRuns(facts, nodes, join)
  addVersions(facts, nodes, join)
  return {
    has: (key) => nodes.has(key),
    of: (key, mostNodes) => graphAround(key, { nodes, linksOf, mostNodes }),
  }
}

type Nodes = Map<string, Omit<LineageNode, 'more'>>
type Join = (from: string, to: string, relation: LineageRelation) => void

function addRuns({ runs }: LineageFacts, nodes: Nodes, join: Join): void {
  const known = new Set(runs.map(({ id }) => id))
  // The newest first, so that what is left out of a long list is old.
  for (const run of [...runs].reverse()) {
    const key = runKey(run.id)
    nodes.set(key, { key, kind: 'run', title: run.title, note: runNote(run) })
    for (const data of run.reads) {
      const dataKey = keyOfData(data)
      if (!nodes.has(dataKey)) nodes.set(dataKey, dataNode(dataKey, data))
      join(dataKey, key, 'read by')
    }
    if (run.parent !== undefined && known.has(run.parent)) join(runKey(run.parent), key, 'continued or repeated')
    if (run.group === undefined) continue
    const group = `group:${run.group}`
    nodes.set(group, { key: group, kind: 'group', title: run.group, note: 'runs that belong together' })
    join(group, key, 'part of')
  }
}

function addVersions({ runs, versions }: LineageFacts, nodes: Nodes, join: Join): void {
  const known = new Set(runs.map(({ id }) => id))
  for (const version of [...versions].reverse()) {
    const key = `version:${version.label}`
    const note = version.isRetired ? 'retired' : ''
    nodes.set(key, { key, kind: 'version', title: version.label, note })
    const judged = new Set(version.receipts.map(({ run }) => run))
    for (const [index, run] of version.runs.entries()) {
      // A repetition made the same content because it repeated: it came of the version, and not the version of it.
      if (known.has(run) && (index === 0 || !judged.has(run))) {
        join(runKey(run), key, index === 0 ? 'made' : 'made again')
      }
    }
    for (const { run, outcome } of version.receipts) if (known.has(run)) join(key, runKey(run), outcome)
    for (const alias of version.aliases) {
      const model = version.label.slice(0, version.label.lastIndexOf('@'))
      const aliasKey = `alias:${model}@${alias}`
      nodes.set(aliasKey, { key: aliasKey, kind: 'alias', title: alias, note: model })
      join(key, aliasKey, 'named')
    }
    for (const pin of new Set(version.pins)) if (nodes.has(`data:${pin}`)) join(key, `data:${pin}`, 'held in')
  }
}

function runKey(run: RunId): string {
  return `run:${run}`
}

function runNote({ experiment, status }: LineageRun): string {
  return status === 'finished' ? experiment : `${experiment}, ${status}`
}

/** Equal bytes are one thing, wherever they lay; what nothing pins is known by its name. */
function keyOfData({ uri, pin }: LineageData): string {
  return `data:${pin ?? uri}`
}

function dataNode(key: string, { uri, pin }: LineageData): Omit<LineageNode, 'more'> {
  const note = pin === undefined ? 'not pinned' : shortPin(pin)
  return { key, kind: 'data', title: uri, note }
}

function shortPin(pin: string): string {
  const [scheme = '', ...rest] = pin.split(':')
  return `${scheme} ${rest.join(':').slice(0, 12)}`
}

interface Known {
  readonly nodes: ReadonlyMap<string, Omit<LineageNode, 'more'>>
  readonly linksOf: (key: string) => Links
  readonly mostNodes: number
}

/** Follows relations from the focus, back to what it came of and on to what came of it, the nearest first. */
function graphAround(focus: string, { nodes, linksOf, mostNodes }: Known): Lineage {
  const shown = new Set([focus])
  const queue: { readonly key: string; readonly goes: 'back' | 'on' }[] = [
    { key: focus, goes: 'back' },
    { key: focus, goes: 'on' },
  ]
  let isCut = false
  for (let at = 0; at < queue.length; at += 1) {
    const step = queue[at]
    if (step === undefined) break
    const { before, after } = linksOf(step.key)
    for (const { from, to } of step.goes === 'back' ? before : after) {
      const next = step.goes === 'back' ? from : to
      if (shown.has(next)) continue
      if (shown.size >= mostNodes) isCut = true
      else {
        shown.add(next)
        queue.push({ key: next, goes: step.goes })
      }
    }
  }
  const edges = edgesAmong(shown, linksOf)
  const found = [...shown].flatMap((key): readonly LineageNode[] => {
    const node = nodes.get(key)
    if (node === undefined) return []
    const { before, after } = linksOf(key)
    const more = [...before, ...after].filter(({ from, to }) => !shown.has(from) || !shown.has(to)).length
    return [{ ...node, more }]
  })
  return { focus, nodes: found, edges, isCut }
}

function edgesAmong(shown: ReadonlySet<string>, linksOf: Known['linksOf']): readonly LineageEdge[] {
  const edges = [...shown].flatMap((key) => linksOf(key).after.filter(({ to }) => shown.has(to)))
  return edges.sort((left, right) => compareText(left.from, right.from) || compareText(left.to, right.to))
}
