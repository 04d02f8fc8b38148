/**
 * What a run or version came of and what came of it: drawn, and as a list.
 */
import { useEffect, useMemo, useRef } from 'preact/hooks'
import type { WireLineage, WireLineageNode } from '../../server/wire.ts'
import { Answered, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { SearchedTable } from '../base/facts.tsx'
import { addressOf, setState, stateOf } from '../base/route.ts'
import { layeredLayout, NODE } from './layered-layout.ts'
import type { Layout } from './layered-layout.ts'

const KIND_WORDS: Readonly<Record<WireLineageNode['kind'], string>> = {
  data: 'data',
  run: 'run',
  version: 'version',
  alias: 'alias',
  group: 'group',
}
const TITLE_LENGTH = 25
const NOTE_LENGTH = 29

/** The lineage of a revision, or of `data:PIN`; `version` changes when the branch does. */
export function LineageView({ of, version }: { of: string; version: number }) {
  const answer = useAnswer((signal) => api.lineage(of, signal), [of, version])
  return (
    <Answered answer={answer}>
      {(lineage) => (
        <>
          <div class="button-row">
            <span class="tabs" role="group" aria-label="How it is shown">
              <button aria-pressed={!isList()} onClick={() => setState({ shown: '' }, 'small')}>
                Graph
              </button>
              <button aria-pressed={isList()} onClick={() => setState({ shown: 'list' }, 'small')}>
                List
              </button>
            </span>
            <span class="muted">
              {lineage.nodes.length === 1
                ? 'Nothing led to it, and nothing came of it yet.'
                : 'From left to right: what led to what.'}
              {lineage.isCut && ` The nearest ${lineage.nodes.length} things are shown; there are more.`}
            </span>
          </div>
          {isList() ? <LineageList lineage={lineage} /> : <LineageGraph key={lineage.focus} lineage={lineage} />}
        </>
      )}
    </Answered>
  )
}

function isList(): boolean {
  return stateOf('shown') === 'list'
}

function LineageGraph({ lineage }: { lineage: WireLineage }) {
  const { nodes, edges, focus } = lineage
  const layout = useMemo(() => layeredLayout({ keys: nodes.map(({ key }) => key), edges }), [lineage])
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const [element, place] = [box.current, layout.places.get(focus)]
    if (element === null || place === undefined) return
    element.scrollLeft = place.x + NODE.width / 2 - element.clientWidth / 2
    element.scrollTop = place.y + NODE.height / 2 - element.clientHeight / 2
  }, [layout])
  return (
    <div
      ref={box}
      class="card lineage-box"
      tabIndex={0}
      role="group"
      aria-label="Lineage; the arrow keys move it, and List shows the same as a table"
    >
      <svg width={layout.width} height={layout.height} viewBox={`0 0 ${layout.width} ${layout.height}`}>
        {edges.map((edge, index) => (
          <EdgeLine
            key={`${edge.from} ${edge.to} ${edge.relation}`}
            edge={edge}
            bends={layout.bends[index] ?? []}
            layout={layout}
          />
        ))}
        {nodes.map((node) => (
          <NodeBox key={node.key} node={node} layout={layout} isFocus={node.key === focus} />
        ))}
      </svg>
    </div>
  )
}

interface EdgeLineProps {
  readonly edge: WireLineage['edges'][number]
  readonly bends: Layout['bends'][number]
  readonly layout: Layout
}

function EdgeLine({ edge, bends, layout }: EdgeLineProps) {
  const [from, to] = [layout.places.get(edge.from), layout.places.get(edge.to)]
  if (from === undefined || to === undefined) return null
  const [x1, y1, y2] = [from.x + NODE.width, from.y + NODE.height / 2, to.y + NODE.height / 2]
  const x2 = to.x
  const isPlain = edge.relation === 'made' || edge.relation === 'read by' || edge.relation === 'named'
  return (
    <g class={`lineage-edge ${edge.relation.replaceAll(' ', '-')}`}>
      <path d={linePath({ x: x1, y: y1 }, bends, { x: x2 - 5, y: y2 })} />
      <path class="arrow" d={`M${x2} ${y2} l-7 -4 v8 z`} />
      {!isPlain && to.layer - from.layer === 1 && (
        <text x={(x1 + x2) / 2} y={(y1 + y2) / 2 - 4} text-anchor="middle">
          {edge.relation === 'continued or repeated' ? 'again' : edge.relation}
        </text>
      )}
      <title>{edge.relation}</title>
    </g>
  )
}

interface Spot {
  readonly x: number
  readonly y: number
}

/** A line that leaves and arrives level, and runs level through the layers it passes. */
function linePath(start: Spot, bends: readonly Spot[], end: Spot): string {
  let [path, at] = [`M${start.x} ${start.y}`, start]
  const curveTo = (spot: Spot): void => {
    const half = Math.max(30, (spot.x - at.x) / 2)
    path += ` C${at.x + half} ${at.y} ${spot.x - half} ${spot.y} ${spot.x} ${spot.y}`
    at = spot
  }
  for (const bend of bends) {
    curveTo(bend)
    at = { x: bend.x + NODE.width, y: bend.y }
    path += ` L${at.x} ${at.y}`
  }
  curveTo(end)
  return path
}

function NodeBox({ node, layout, isFocus }: { node: WireLineageNode; layout: Layout; isFocus: boolean }) {
  const place = layout.places.get(node.key)
  if (place === undefined) return null
  const { kind, title, note, more } = node
  return (
    <a
      href={nodeAddress(node)}
      class={`lineage-node ${kind} ${isFocus ? 'is-focus' : ''}`}
      aria-current={isFocus ? 'true' : undefined}
      aria-label={`${KIND_WORDS[kind]} ${title}`}
    >
      <rect x={place.x} y={place.y} width={NODE.width} height={NODE.height} rx={kind === 'alias' ? 22 : 6} />
      <rect class="band" x={place.x} y={place.y + 8} width={4} height={NODE.height - 16} />
      <text class="title" x={place.x + 12} y={place.y + 18}>
        {shortened(title, TITLE_LENGTH)}
      </text>
      <text class="note" x={place.x + 12} y={place.y + 34}>
        {shortened(
          [KIND_WORDS[kind], note].filter((part) => part !== '').join(' · '),
          more > 0 ? NOTE_LENGTH - 6 : NOTE_LENGTH,
        )}
      </text>
      {more > 0 && (
        <text class="note" x={place.x + NODE.width - 8} y={place.y + 34} text-anchor="end">
          +{more}
        </text>
      )}
      <title>{[title, note, more > 0 ? `${more} more relations` : ''].filter((part) => part !== '').join('\n')}</title>
    </a>
  )
}

function LineageList({ lineage }: { lineage: WireLineage }) {
  const nodes = new Map(lineage.nodes.map((node) => [node.key, node]))
  const rows = lineage.edges.flatMap(({ from, to, relation }) => {
    const [first, second] = [nodes.get(from), nodes.get(to)]
    return first === undefined || second === undefined ? [] : [{ first, second, relation }]
  })
  return (
    <section class="card">
      <SearchedTable
        label="lineage"
        heads={[{ title: 'From' }, { title: 'How' }, { title: 'To' }]}
        rows={rows}
        nameOf={({ first, second, relation }) =>
          `${first.title} ${first.key} ${relation} ${second.title} ${second.key}`
        }
        cells={({ first, second, relation }) => [<NodeLink node={first} />, relation, <NodeLink node={second} />]}
      />
    </section>
  )
}

function NodeLink({ node }: { node: WireLineageNode }) {
  return (
    <>
      <span class="muted">{KIND_WORDS[node.kind]}</span> <a href={nodeAddress(node)}>{node.title}</a>{' '}
      <span class="muted">{node.note}</span>
    </>
  )
}

/** Where a thing is shown: data has only its lineage to show. */
function nodeAddress({ key, kind }: WireLineageNode): string {
  const name = key.slice(key.indexOf(':') + 1)
  switch (kind) {
    case 'run':
      return addressOf(`run/${encodeURIComponent(name)}`, { tab: 'lineage' })
    case 'version':
    case 'alias':
      return addressOf('lineage', { of: name })
    case 'data':
      return addressOf('lineage', { of: key })
    case 'group':
      return addressOf('runs', { filter: `group = "${name.replace(/["\\]/g, '\\$&')}"` })
  }
}

function shortened(text: string, length: number): string {
  const characters = Array.from(text)
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}
