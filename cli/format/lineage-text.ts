/**
 * Lineage for a terminal: two trees, of what led to a thing and of what it led to.
 */
import { printable } from '../../src/base/printable.ts'
import type { Lineage, LineageEdge, LineageNode } from '../../src/domain/lineage.ts'
import { styled } from './line.ts'
import type { Line, Style } from './line.ts'

const STYLES: Readonly<Record<LineageNode['kind'], Style>> = {
  data: 'warning',
  run: 'subject',
  version: 'good',
  alias: 'good',
  group: 'faint',
}

/** How a relation reads from the thing that came later. */
const BACK: Readonly<Record<LineageEdge['relation'], string>> = {
  'read by': 'read',
  made: 'made by',
  'made again': 'made again by',
  named: 'names',
  'continued or repeated': 'continues or repeats',
  reproduced: 'reproduced',
  differed: 'differed from',
  'part of': 'part of',
  'held in': 'is of',
}

/** Writes a lineage; a thing that was told already is named and not told again. */
export function lineageText({ focus, nodes, edges, isCut }: Lineage): readonly Line[] {
  const byKey = new Map(nodes.map((node) => [node.key, node]))
  const own = byKey.get(focus)
  if (own === undefined) return []
  const tree = { byKey, edges, told: new Set([focus]) }
  const back = branches(tree, focus, 'back', '  ')
  const on = branches(tree, focus, 'on', '  ')
  return [
    nodeLine(own, []),
    ...section('came of', back),
    ...section('led to', on),
    ...(back.length + on.length === 0 ? [[styled('faint', '  nothing led to it, and nothing came of it yet')]] : []),
    ...(isCut ? [[], [styled('faint', `the nearest ${nodes.length} things; --limit shows more`)]] : []),
  ]
}

function section(title: string, lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [[], [styled('strong', title)], ...lines]
}

interface Tree {
  readonly byKey: ReadonlyMap<string, LineageNode>
  readonly edges: readonly LineageEdge[]
  readonly told: Set<string>
}

function branches(tree: Tree, key: string, goes: 'back' | 'on', indent: string): readonly Line[] {
  const isBack = goes === 'back'
  return tree.edges
    .filter(({ from, to }) => (isBack ? to : from) === key)
    .flatMap(({ from, to, relation }) => {
      const node = tree.byKey.get(isBack ? from : to)
      if (node === undefined) return []
      const word = `${indent}${isBack ? BACK[relation] : relation} `
      if (tree.told.has(node.key)) return [[styled('faint', word), printable(node.title), styled('faint', ' (above)')]]
      tree.told.add(node.key)
      return [nodeLine(node, [styled('faint', word)]), ...branches(tree, node.key, goes, `${indent}  `)]
    })
}

function nodeLine({ key, kind, title, note, more }: LineageNode, before: Line): Line {
  const id = kind === 'run' ? key.slice('run:'.length, 'run:'.length + 12) : ''
  const facts = [kind, id === title ? '' : id, note, more > 0 ? `${more} more not shown` : '']
  return [
    ...before,
    styled(STYLES[kind], title),
    styled('faint', `  ${facts.filter((each) => each !== '').join(', ')}`),
  ]
}
