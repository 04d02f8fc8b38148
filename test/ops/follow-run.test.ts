/** Following a live run: what was added, once, whatever is written. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMetricKey } from '../../src/domain/key.ts'
import { followRun } from '../../src/ops/record/follow-run.ts'
import type { RunFollower } from '../../src/ops/record/follow-run.ts'
import { lastLineOf } from '../../src/ops/record/last-line.ts'
import { startRun } from '../../src/ops/record/start-run.ts'
import { watchActivity } from '../../src/ops/read/watch-activity.ts'
import { openForTest } from '../support/open-repository.ts'
import { makeReadyWorld } from '../support/world.ts'

const LOSS = parseMetricKey('loss')

async function followed() {
  const world = makeReadyWorld()
  const repository = await openForTest(world.folder)
  const run = await startRun(repository, { experiment: 'churn' })
  const folder = join(repository.commonDir, 'mlv', 'journal', run.id)
  const follower = followRun(repository, run.id)
  const log = (text: string, name = 'log.jsonl'): void => appendFileSync(join(folder, name), text)
  return { repository, run, folder, follower, log }
}

function lasts({ curves }: RunFollower): unknown {
  return [...curves].map(([key, sketch]) => [key, sketch.count(), sketch.blocks().at(-1)?.last])
}

test('each look reads what was added, whole lines only, of every file', async () => {
  const { follower, log } = await followed()
  expect(await follower.look()).toBe(false)
  log('{"metric":"loss","value":3}\n{"metric":"loss","value":2}\n{"metric":"lo')
  expect(await follower.look()).toBe(true)
  expect(lasts(follower)).toEqual([['loss', 2, 2]])
  expect(await follower.look()).toBe(false)
  log('ss","value":1}\nno line of the protocol\n{"params":{"lr":0.5}}\n')
  log('{"metrics":{"loss":9,"auc":NaN},"step":7}\n', 'log-rank-1.jsonl')
  log('{"metric":"other","value":1}\n', 'notes.jsonl')
  await follower.look()
  expect(lasts(follower)).toEqual([
    // The files in the order of their names, so what the other process logged came first.
    ['loss', 4, 1],
    ['auc', 1, NaN],
  ])
  expect([...follower.parameters]).toEqual([['lr', 0.5]])
})

test('of a long log the end is read, and a line without end holds nothing up', async () => {
  const { follower, log } = await followed()
  const line = '{"metric":"loss","value":1,"step":1,"time":1760000000}\n'
  log(line.repeat(Math.ceil((17 * 1024 * 1024) / line.length)))
  await follower.look()
  const count = follower.curves.get(LOSS)?.count() ?? 0
  expect(count).toBeGreaterThan(1_000)
  expect(count * line.length).toBeLessThanOrEqual(4 * 1024 * 1024 + line.length)
  log(`${'x'.repeat(600_000)}\n${line}`)
  await follower.look()
  expect(follower.curves.get(LOSS)?.count()).toBe(count + 1)
})

test('a program that makes a name of each step is followed in bounded memory', async () => {
  const { follower, log } = await followed()
  log(Array.from({ length: 3_000 }, (_, index) => `{"metric":"m${index}","value":1}\n`).join(''))
  await follower.look()
  expect(follower.curves.size).toBe(2_000)
})

test('the last line is what a terminal would show', async () => {
  const { follower, folder } = await followed()
  mkdirSync(join(folder, 'output'))
  writeFileSync(join(folder, 'output', 'stdout.log'), 'epoch 1\n\u001b[32mepoch 2\u001b[0m\n\n')
  await follower.look()
  expect(follower.lastLine()).toBe('epoch 2')
  appendFileSync(join(folder, 'output', 'stdout.log'), '10%\r20%\r 30% \r')
  await follower.look()
  expect(follower.lastLine()).toBe('30%')
})

test.each([
  ['', undefined],
  ['\n \r\n', undefined],
  ['a\nb', 'b'],
  ['\u001b]0;title\u0007done', 'done'],
  ['\u001b]8;;https://x.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
  ['\u001b[2K\u001b[1Gloss 0.5\u001b(B', 'loss 0.5'],
])('of %j it is %j', (text, line) => {
  expect(lastLineOf(Buffer.from(text))).toBe(line)
})

test('whatever is printed has a last line that is not empty, or none: law', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4_096 }), (bytes) => {
      const line = lastLineOf(bytes)
      expect([line?.trim(), (line ?? '').length <= 400]).toEqual([line, true])
      expect(line).not.toBe('')
    }),
  )
})

test('a run is watched with its rate, until it is recorded', async () => {
  const { repository, run, log } = await followed()
  const watch = watchActivity(repository, { ended: 5 })
  const line = (step: number): string => {
    return `{"metric":"loss","value":${8 - step},"step":${step},"time":${1_760_000_000 + step / 2}}\n`
  }
  log([0, 1, 2, 3].map(line).join(''))
  const [live] = (await watch.look()).rows
  expect([live?.state, live?.step, live?.stepsPerSecond]).toEqual(['running', 3, 2])
  expect(live?.row.run.metrics.get(LOSS)?.summary).toEqual({ last: 5, min: 5, max: 8, count: 4 })
  await run.logMetric('loss', 1, { step: 4 })
  expect((await watch.look()).rows[0]?.step).toBe(4)
  await run.finish()
  const after = (await watch.look()).rows
  expect(after.map(({ state, step, curves }) => [state, step, curves.size])).toEqual([['finished', 4, 1]])
})
