/**
 * Where the things of a lineage are drawn: in layers from left to right, so that every relation leads on, and in an
 * order within each layer that crosses few lines. After Sugiyama, Tagawa and Toda (1981): longest paths for layers,
 * and sweeps that put each thing at the middle of those it is joined to.
 */

/** What is laid out: relations lead from what was first. */
export interface GraphShape {
  readonly keys: readonly string[]
  readonly edges: readonly { readonly from: string; readonly to: string }[]
}

/** Where a thing is: its upper left corner, in pixels. */
export interface Place {
  readonly x: number
  readonly y: number
  readonly layer: number
}

/** A drawing. */
export interface Layout {
  readonly places: ReadonlyMap<string, Place>
  /** For each relation, in their order, where its line goes on its way through layers between; mostly nowhere. */
  readonly bends: readonly (readonly { readonly x: number; readonly y: number }[])[]
  readonly width: number
  readonly height: number
}

/** How large things are. */
export const NODE = { width: 190, height: 44, gapX: 76, gapY: 14, margin: 16 } as const
/** Of a line that passes through a layer. */
const LANE_HEIGHT = 4

const SWEEPS = 6

/** Lays a graph out; the same graph always alike. A relation that leads back in a circle is drawn and not obeyed. */
export function layeredLayout({ keys, edges }: GraphShape): Layout {
  const known = new Set(keys)
  const inside = edges.filter(({ from, to }) => from !== to && known.has(from) && known.has(to))
  const layers = layersOf(keys, withoutCircles(keys, inside))
  const lanes = addLanes(layers, edges)
  const links = lanes.flatMap((lane, index) => {
    const { from = '', to = '' } = edges[index] ?? {}
    const stops = [from, ...lane, to]
    return stops.slice(1).map((stop, at) => ({ from: stops[at] ?? '', to: stop }))
  })
  order(layers, links)
  return placed(layers, lanes)
}

/**
 * Gives relations a lane in every layer that they pass, so that no line runs behind a thing; those that begin at the
 * same thing share it.
 */
function addLanes(layers: string[][], edges: Edges): readonly (readonly string[])[] {
  const layerOf = new Map(layers.flatMap((keys, layer) => keys.map((key) => [key, layer] as const)))
  const made = new Set<string>()
  return edges.map(({ from, to }) => {
    const [first, last] = [layerOf.get(from), layerOf.get(to)]
    if (first === undefined || last === undefined) return []
    const lane: string[] = []
    for (let layer = first + 1; layer < last; layer += 1) {
      const key = `${LANE}${layer} ${from}`
      if (!made.has(key)) layers[layer]?.push(key)
      made.add(key)
      lane.push(key)
    }
    return lane
  })
}

/** Begins the names of lanes; no thing is called so. */
const LANE = '\u0000lane '

type Edges = GraphShape['edges']

/** Leaves out what leads back to a thing that is on the way: depth first, in the order given. */
function withoutCircles(keys: readonly string[], edges: Edges): Edges {
  const onward = grouped(edges, 'from')
  const state = new Map<string, 'open' | 'done'>()
  const kept: { readonly from: string; readonly to: string }[] = []
  for (const start of keys) {
    if (state.has(start)) continue
    const path: { readonly key: string; at: number }[] = [{ key: start, at: 0 }]
    state.set(start, 'open')
    while (path.length > 0) {
      const step = path.at(-1)
      if (step === undefined) break
      const edge = onward.get(step.key)?.[step.at]
      step.at += 1
      if (edge === undefined) {
        state.set(step.key, 'done')
        path.pop()
      } else if (state.get(edge.to) !== 'open') {
        kept.push(edge)
        if (!state.has(edge.to)) {
          state.set(edge.to, 'open')
          path.push({ key: edge.to, at: 0 })
        }
      }
    }
  }
  return kept
}

/** A thing comes one layer after the last of those that lead to it, and as near as it can to what it leads to. */
function layersOf(keys: readonly string[], edges: Edges): string[][] {
  const [onward, back] = [grouped(edges, 'from'), grouped(edges, 'to')]
  const waiting = new Map(keys.map((key) => [key, back.get(key)?.length ?? 0]))
  const ready = keys.filter((key) => waiting.get(key) === 0)
  const layer = new Map<string, number>()
  for (const key of ready) {
    layer.set(key, Math.max(-1, ...(back.get(key) ?? []).map(({ from }) => layer.get(from) ?? -1)) + 1)
    for (const { to } of onward.get(key) ?? []) {
      const left = (waiting.get(to) ?? 0) - 1
      waiting.set(to, left)
      if (left === 0) ready.push(to)
    }
  }
  for (const key of [...ready].reverse()) {
    const next = (onward.get(key) ?? []).map(({ to }) => layer.get(to) ?? 0)
    if (next.length > 0 && !back.has(key)) layer.set(key, Math.min(...next) - 1)
  }
  const layers: string[][] = []
  for (const key of keys) (layers[layer.get(key) ?? 0] ??= []).push(key)
  return [...layers].map((each: string[] | undefined) => each ?? [])
}

function order(layers: string[][], edges: Edges): void {
  const [onward, back] = [grouped(edges, 'from'), grouped(edges, 'to')]
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const isOn = sweep % 2 === 0
    const indices = layers.map((_, index) => index)
    for (const index of isOn ? indices : indices.reverse()) {
      const rank = new Map(layers.flatMap((keys) => keys.map((key, at) => [key, at / Math.max(1, keys.length)])))
      const middle = (key: string): number => {
        const others = isOn
          ? (back.get(key) ?? []).map(({ from }) => from)
          : (onward.get(key) ?? []).map(({ to }) => to)
        if (others.length === 0) return rank.get(key) ?? 0
        return others.reduce((sum, other) => sum + (rank.get(other) ?? 0), 0) / others.length
      }
      const valued = (layers[index] ?? []).map((key, at) => ({ key, at, value: middle(key) }))
      valued.sort((left, right) => left.value - right.value || left.at - right.at)
      layers[index] = valued.map(({ key }) => key)
    }
  }
}

function placed(layers: readonly (readonly string[])[], lanes: readonly (readonly string[])[]): Layout {
  const { width, gapX, gapY, margin } = NODE
  const heightsOf = layers.map((keys) => keys.reduce((sum, key) => sum + heightOf(key) + gapY, -gapY))
  const fullHeight = Math.max(NODE.height, ...heightsOf)
  const places = new Map<string, Place>()
  const passing = new Map<string, { readonly x: number; readonly y: number }>()
  for (const [layer, keys] of layers.entries()) {
    const x = margin + layer * (width + gapX)
    let y = margin + (fullHeight - (heightsOf[layer] ?? 0)) / 2
    for (const key of keys) {
      if (key.startsWith(LANE)) passing.set(key, { x, y: Math.round(y + LANE_HEIGHT / 2) })
      else places.set(key, { layer, x, y: Math.round(y) })
      y += heightOf(key) + gapY
    }
  }
  return {
    places,
    bends: lanes.map((lane) => lane.flatMap((key) => passing.get(key) ?? [])),
    width: 2 * margin + Math.max(1, layers.length) * (width + gapX) - gapX,
    height: 2 * margin + fullHeight,
  }
}

function heightOf(key: string): number {
  return key.startsWith(LANE) ? LANE_HEIGHT : NODE.height
}

function grouped(edges: Edges, end: 'from' | 'to'): ReadonlyMap<string, Edges[number][]> {
  const groups = new Map<string, Edges[number][]>()
  for (const edge of edges) {
    const group = groups.get(edge[end])
    if (group === undefined) groups.set(edge[end], [edge])
    else group.push(edge)
  }
  return groups
}
