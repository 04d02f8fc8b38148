/**
 * Lineage: what is an ancestor, what is a descendant, and what is left out.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineageIndex } from '../../src/domain/lineage.ts'
import type { LineageFacts, LineageRun } from '../../src/domain/lineage.ts'
import { parseRunId } from '../../src/domain/run.ts'
import type { RunId } from '../../src/domain/run.ts'

function idOf(number: number): RunId {
  const id = parseRunId(`01k9${String(number).padStart(22, '0')}`)
  if (id === undefined) throw new Error('no run id')
  return id
}

function run(number: number, more: Partial<LineageRun> = {}): LineageRun {
  const id = idOf(number)
  return { id, title: `run ${number}`, status: 'finished', experiment: 'churn', startedAt: '', reads: [], ...more }
}

const FACTS: LineageFacts = {
  runs: [
    run(1, { reads: [{ uri: 'raw.csv', pin: 'sha256:aa' }] }),
    run(2, { reads: [{ uri: 'encoder', pin: 'sha256:ee' }] }),
    run(3, { parent: idOf(1), reads: [{ uri: 'raw.csv', pin: 'sha256:aa' }] }),
    run(4, { group: 'sweep', reads: [{ uri: 'raw.csv', pin: 'sha256:aa' }] }),
  ],
  versions: [
    {
      label: 'encoder@v1',
      runs: [idOf(1), idOf(3)],
      aliases: ['production'],
      isRetired: false,
      pins: ['sha256:ee'],
      receipts: [{ run: idOf(3), outcome: 'reproduced' }],
    },
  ],
}

const told = (of: string, most = 60) => {
  const { nodes, edges, isCut } = lineageIndex(FACTS).of(of, most)
  return {
    nodes: nodes.map(({ key }) => key.replace(/01k90+/, '')),
    edges: edges.map(({ from, to, relation }) => `${from} ${relation} ${to}`.replaceAll(/01k90+/g, '')).sort(),
    isCut,
  }
}

test('a version is told with its data, its run, its aliases, its repetitions and what reads it', () => {
  expect(told('version:encoder@v1')).toEqual({
    nodes: [
      'version:encoder@v1',
      'run:1',
      'run:3',
      'alias:encoder@production',
      'data:sha256:ee',
      'data:sha256:aa',
      'run:2',
    ],
    edges: [
      'data:sha256:aa read by run:1',
      'data:sha256:aa read by run:3',
      'data:sha256:ee read by run:2',
      'run:1 continued or repeated run:3',
      'run:1 made version:encoder@v1',
      'version:encoder@v1 held in data:sha256:ee',
      'version:encoder@v1 named alias:encoder@production',
      'version:encoder@v1 reproduced run:3',
    ],
    isCut: false,
  })
})

test('a run that reads a version comes of what the version came of, and of nothing beside it', () => {
  expect(told(`run:${idOf(2)}`).nodes).toEqual([
    'run:2',
    'data:sha256:ee',
    'version:encoder@v1',
    'run:1',
    'data:sha256:aa',
  ])
  expect(told(`run:${idOf(4)}`).nodes).toEqual(['run:4', 'data:sha256:aa', 'group:sweep'])
})

test('of data all that came of it is told, and what does not fit is counted', () => {
  expect(told('data:sha256:aa').nodes).toContain('run:4')
  const { nodes, isCut } = lineageIndex(FACTS).of('data:sha256:aa', 2)
  expect([nodes.map(({ key, more }) => [key.slice(0, 8), more]), isCut]).toEqual([
    [
      ['data:sha', 2],
      ['run:01k9', 1],
    ],
    true,
  ])
})

test('whatever is recorded, edges join nodes that are there, and parents in a circle end', () => {
  const number = fc.integer({ min: 1, max: 6 })
  const facts = fc.array(fc.tuple(number, number, fc.option(fc.constantFrom('a', 'b'))), { maxLength: 12 })
  fc.assert(
    fc.property(facts, fc.integer({ min: 1, max: 8 }), (rows, most) => {
      const runs = [...new Map(rows.map((row) => [row[0], row])).values()].map(([id, parent, pin]) =>
        run(id, { parent: idOf(parent), reads: pin === null ? [] : [{ uri: pin, pin: `sha256:${pin}` }] }),
      )
      const index = lineageIndex({ runs, versions: [] })
      for (const { id } of runs) {
        const { focus, nodes, edges } = index.of(`run:${id}`, most)
        const keys = new Set(nodes.map(({ key }) => key))
        expect(nodes[0]?.key).toBe(focus)
        expect(nodes.length).toBe(keys.size)
        expect(nodes.length).toBeLessThanOrEqual(Math.max(1, most))
        expect(edges.every(({ from, to }) => keys.has(from) && keys.has(to))).toBe(true)
      }
    }),
  )
})
