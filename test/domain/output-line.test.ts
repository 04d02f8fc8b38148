/**
 * What a printed line says of steps and times.
 */
import { expect, test } from 'vitest'
import { markOf, momentOf, plainLine, zoneShiftMs } from '../../src/domain/output-line.ts'

test.each([
  ['step 10 loss 0.3', 'step', 10],
  ['Epoch [3/10], loss: 0.1', 'epoch', 3],
  ["{'loss': 0.3, 'step': 400}", 'step', 400],
  ['global_step=77', 'step', 77],
  ['iter: 12', 'step', 12],
  ['Iteration 5, best 3', 'step', 5],
  ['epoch 2: step 9', 'epoch', 2],
])('%s tells of %s %i', (line, unit, number) => {
  expect(markOf(line)).toEqual({ unit, number })
})

test.each(['a footstep 10', 'step 10ms', 'steps per second 3.5', 'stepping 3', '', 'step', 'epochs'])(
  '%s tells of none',
  (line) => {
    expect(markOf(line)).toBeUndefined()
  },
)

test('a line of any length is looked at in no time', () => {
  const began = performance.now()
  for (const line of [
    'step '.repeat(200_000),
    `${'['.repeat(500_000)}1`,
    `step${' '.repeat(500_000)}1`,
    '\u001b['.repeat(300_000),
  ]) {
    markOf(line)
    momentOf(line)
    plainLine(line)
  }
  expect(performance.now() - began).toBeLessThan(1500)
})

test('colours and what was overwritten are left out', () => {
  expect(plainLine('\u001b[32mINFO\u001b[0m step 1\r')).toBe('INFO step 1')
  expect(plainLine(' 10%\r 50%\r100%')).toBe('100%')
  expect(plainLine('\u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007')).toBe('link')
})

test('a time is read with its zone, or as UTC', () => {
  expect(momentOf('2026-11-20 09:28:00,123 INFO')).toEqual({
    atMs: Date.UTC(2026, 10, 20, 9, 28, 0, 123),
    hasZone: false,
  })
  expect(momentOf('[2026-11-20T09:28:00.5+01:00] x')).toEqual({
    atMs: Date.UTC(2026, 10, 20, 8, 28, 0, 500),
    hasZone: true,
  })
  expect(momentOf('2026-13-45 99:99:99')).toBeUndefined()
  expect(momentOf('no time')).toBeUndefined()
})

test('the zone of a clock is told by the start of its run', () => {
  const started = Date.UTC(2026, 0, 1, 12, 0, 0)
  expect(zoneShiftMs(started + 3 * 3_600_000 + 2000, started)).toBe(3 * 3_600_000)
  expect(zoneShiftMs(started + 9 * 60_000, started)).toBe(0)
  expect(zoneShiftMs(started - 4.5 * 3_600_000 + 5000, started)).toBe(-4.5 * 3_600_000)
})
