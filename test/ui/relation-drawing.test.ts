/**
 * What the pages of code and lineage compute before they draw: rows of a patch, words that changed, places of a graph.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changedParts, rowsOfPatch, sideBySide } from '../../src/ui/code/patch-rows.ts'
import { layeredLayout, NODE } from '../../src/ui/lineage/layered-layout.ts'

const PATCH = [
  '@@ -1,4 +1,5 @@ def train():',
  ' import torch',
  '-lr = 0.1  # slow',
  '+lr = 0.2  # slow',
  '+momentum = 0.9',
  ' ',
  '-print("done")',
  '\\ No newline at end of file',
  '+print("done!")',
].join('\n')

test('a patch becomes rows with the numbers of both sides', () => {
  const rows = rowsOfPatch(PATCH)
  expect(rows.map(({ kind, old, now, text }) => [kind, old, now, text])).toEqual([
    ['place', null, null, '@@ -1,4 +1,5 @@ def train():'],
    ['same', 1, 1, 'import torch'],
    ['gone', 2, null, 'lr = 0.1  # slow'],
    ['added', null, 2, 'lr = 0.2  # slow'],
    ['added', null, 3, 'momentum = 0.9'],
    ['same', 3, 4, ''],
    ['gone', 4, null, 'print("done")'],
    ['note', null, null, 'No newline at end of file'],
    ['added', null, 5, 'print("done!")'],
  ])
  expect(rows[2]?.parts.filter(({ isMarked }) => isMarked).map(({ text }) => text)).toEqual(['0.1'])
  expect(rows[3]?.parts.filter(({ isMarked }) => isMarked).map(({ text }) => text)).toEqual(['0.2'])
  expect(rows[8]?.parts.filter(({ isMarked }) => isMarked).map(({ text }) => text)).toEqual(['!'])
  expect(rowsOfPatch('')).toEqual([])
})

test('side by side, what was replaced stands beside what replaced it', () => {
  const split = sideBySide(rowsOfPatch(PATCH))
  expect(split.map(({ left, right }) => [left?.text, right?.text])).toEqual([
    ['@@ -1,4 +1,5 @@ def train():', '@@ -1,4 +1,5 @@ def train():'],
    ['import torch', 'import torch'],
    ['lr = 0.1  # slow', 'lr = 0.2  # slow'],
    [undefined, 'momentum = 0.9'],
    ['', ''],
    ['print("done")', 'print("done!")'],
  ])
})

test('the parts of lines are the lines, and what is not marked is in both', () => {
  const line = fc.array(fc.constantFrom('lr', '=', ' ', '0.1', 'ä', '💥', '(', ')', '\t'), { maxLength: 30 })
  fc.assert(
    fc.property(line, line, (one, other) => {
      const [before, after] = [one.join(''), other.join('')]
      const parts = changedParts(before, after)
      if (parts === undefined) return
      const whole = parts.map((side) => side.map(({ text }) => text).join(''))
      const common = parts.map((side) => side.map(({ text, isMarked }) => (isMarked ? '' : text)).join(''))
      expect(whole).toEqual([before, after])
      expect(common[0]).toBe(common[1])
    }),
  )
})

test('long lines, and lines with nothing in common, have no marks', () => {
  expect(changedParts('a'.repeat(3_000), 'b')).toBeUndefined()
  expect(changedParts('for x in range(3):', '"""A docstring."""')).toBeUndefined()
  expect(changedParts('x '.repeat(400), 'x '.repeat(401))).toBeUndefined()
})

test('every line of any patch is a row', () => {
  const lines = fc.array(fc.constantFrom('+a b', '-a c', ' same', '\\ No newline', '@@ -1 +1 @@', '', '-', '+'))
  fc.assert(
    fc.property(lines, (patch) => {
      const rows = rowsOfPatch(patch.join('\n'))
      expect(rows.length).toBe(patch.join('\n') === '' ? 0 : patch.length)
      const shown = sideBySide(rows).flatMap(({ left, right }) => [left, right])
      for (const row of rows) if (row.kind !== 'note') expect(shown).toContain(row)
    }),
  )
})

const GRAPH = fc
  .tuple(fc.integer({ min: 1, max: 14 }), fc.array(fc.tuple(fc.nat(13), fc.nat(13)), { maxLength: 30 }))
  .map(([count, pairs]) => ({
    keys: Array.from({ length: count }, (_, index) => `n${index}`),
    edges: pairs.map(([from, to]) => ({ from: `n${from % count}`, to: `n${to % count}` })),
  }))

test('a layout places everything once and nothing on top of another, whatever leads where', () => {
  fc.assert(
    fc.property(GRAPH, (graph) => {
      const { places, width, height } = layeredLayout(graph)
      expect([...places.keys()].sort()).toEqual([...graph.keys].sort())
      const all = [...places.values()]
      for (const [index, one] of all.entries()) {
        expect(one.x >= 0 && one.y >= 0 && one.x + NODE.width <= width && one.y + NODE.height <= height).toBe(true)
        for (const other of all.slice(index + 1)) {
          expect(one.x !== other.x || Math.abs(one.y - other.y) >= NODE.height).toBe(true)
        }
      }
      expect(layeredLayout(graph)).toEqual(layeredLayout(graph))
    }),
  )
})

test('without circles every relation leads to the right', () => {
  fc.assert(
    fc.property(GRAPH, ({ keys, edges }) => {
      const onward = edges
        .map(({ from, to }) => ({ from, to, ends: [Number(from.slice(1)), Number(to.slice(1))] as const }))
        .filter(({ ends: [from, to] }) => from !== to)
        .map(({ from, to, ends }) => (ends[0] < ends[1] ? { from, to } : { from: to, to: from }))
      const { places } = layeredLayout({ keys, edges: onward })
      for (const { from, to } of onward) {
        expect((places.get(from)?.layer ?? 0) < (places.get(to)?.layer ?? 0)).toBe(true)
      }
    }),
  )
})
