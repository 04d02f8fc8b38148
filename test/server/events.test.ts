/**
 * What a page hears while it is open.
 */
import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { startRun } from '../../src/ops/record/start-run.ts'
import type { WireEvent } from '../../src/server/wire.ts'
import { openForTest } from '../support/open-repository.ts'
import { startUi } from '../support/ui-server.ts'
import { makeChurnWorld, train } from '../support/world.ts'

/** Hears events in their order. */
class Listener {
  readonly #message: IncomingMessage
  readonly #heard: WireEvent[] = []
  #rest = ''
  #wake: () => void = () => undefined
  isOver = false
  beats = 0

  constructor(message: IncomingMessage) {
    this.#message = message
    message.on('data', (chunk: Buffer) => {
      const parts = (this.#rest + chunk.toString()).split('\n\n')
      this.#rest = parts.pop() ?? ''
      this.beats += parts.filter((part) => part === ':').length
      this.#heard.push(
        ...parts.flatMap((part) => (part.startsWith('data: ') ? [JSON.parse(part.slice(6)) as WireEvent] : [])),
      )
      this.#wake()
    })
    message.on('close', () => {
      this.isOver = true
      this.#wake()
    })
  }

  /** The next event of a kind; what was heard before it is dropped. */
  async next<Kind extends WireEvent['kind']>(kind: Kind): Promise<Extract<WireEvent, { readonly kind: Kind }>> {
    for (;;) {
      for (let event = this.#heard.shift(); event !== undefined; event = this.#heard.shift()) {
        if (event.kind === kind) return event as Extract<WireEvent, { readonly kind: Kind }>
      }
      if (this.isOver) throw new Error(`expected ${kind} before the end`)
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  async end(): Promise<void> {
    while (!this.isOver) await new Promise<void>((resolve) => (this.#wake = resolve))
  }

  go(): void {
    this.#message.destroy()
  }
}

test('a run is heard from its start to its record', async () => {
  const world = makeChurnWorld()
  const ui = await startUi(world.folder, { lookEveryMs: 20 })
  const listener = new Listener(await ui.open('api/events'))
  expect(await listener.next('hello')).toEqual({ kind: 'hello', live: [] })
  await listener.next('hello')

  const repository = await openForTest(world.folder)
  const run = await startRun(repository, { experiment: 'churn', message: 'heard' })
  expect(await listener.next('run-started')).toEqual({ kind: 'run-started', run: run.id })
  await run.logMetric('loss', NaN, { step: 7 })
  expect(await listener.next('points')).toMatchObject({
    run: run.id,
    points: [{ metric: 'loss', step: 7, value: 'NaN' }],
    isCut: false,
  })
  for (let step = 0; step < 3_000; step += 1) void run.logMetric('loss', step, { step })
  await run.logMetric('loss', 1, { step: 3_000 })
  const steps: (number | null)[] = []
  while (!steps.includes(3_000)) steps.push(...(await listener.next('points')).points.map(({ step }) => step))

  await run.finish()
  expect(await listener.next('run-ended')).toEqual({ kind: 'run-ended', run: run.id })
  train(world, { lr: 0.1, auc: 0.9, loss: 0.4 })
  expect(world.mlv('commit').exitCode).toBe(0)
  // The run that ended moved the branch too, and may be heard first.
  const tip = world.git('rev-parse', 'mlv').trim()
  const tips: string[] = []
  while (!tips.includes(tip)) tips.push((await listener.next('branch-moved')).tip)
  expect(ui.bugs).toEqual([])
})

test('a run that is live already is told at once, and its points from now on', async () => {
  const world = makeChurnWorld()
  const repository = await openForTest(world.folder)
  const run = await startRun(repository, { experiment: 'churn' })
  await run.logMetric('loss', 1, { step: 1 })
  const ui = await startUi(world.folder, { lookEveryMs: 20 })
  const first = new Listener(await ui.open('api/events'))
  await first.next('hello')
  expect(await first.next('hello')).toEqual({ kind: 'hello', live: [run.id] })
  const second = new Listener(await ui.open('api/events'))
  expect(await second.next('hello')).toEqual({ kind: 'hello', live: [run.id] })
  await run.logMetric('loss', 2, { step: 2 })
  for (const listener of [first, second]) {
    expect((await listener.next('points')).points.map(({ step }) => step)).toEqual([2])
  }
  first.go()
  await run.logMetric('loss', 3, { step: 3 })
  expect((await second.next('points')).points.map(({ step }) => step)).toEqual([3])
  await ui.close()
  await second.end()
  await run.finish()
})

test('where nothing happens a page still hears that the server is there', async () => {
  const ui = await startUi(makeChurnWorld().folder, { lookEveryMs: 10, heartbeatMs: 30 })
  const listener = new Listener(await ui.open('api/events'))
  await listener.next('hello')
  await expect.poll(() => listener.beats, { timeout: 5_000 }).toBeGreaterThan(1)
})

test('there is an end to how many pages may listen', async () => {
  const ui = await startUi(makeChurnWorld().folder)
  const open = async (): Promise<IncomingMessage> => ui.open('api/events')
  const statuses: (number | undefined)[] = []
  const messages: IncomingMessage[] = []
  for (let count = 0; count < 51; count += 1) {
    const message = await open()
    messages.push(message)
    statuses.push(message.statusCode)
  }
  expect(statuses).toEqual([...Array.from({ length: 50 }, () => 200), 503])
  for (const message of messages) message.destroy()
})
