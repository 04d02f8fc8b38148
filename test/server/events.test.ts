/**
 * What a page hears while it is open.
 */
import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { startRun } from '../../src/ops/record/start-run.ts'
import { openEventLog } from '../../src/server/event-log.ts'
import type { NumberedEvent } from '../../src/server/event-log.ts'
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
  lastId = ''

  readonly kinds: string[] = []

  constructor(message: IncomingMessage) {
    this.#message = message
    message.on('data', (chunk: Buffer) => {
      const parts = (this.#rest + chunk.toString()).split('\n\n')
      this.#rest = parts.pop() ?? ''
      this.beats += parts.filter((part) => part === ':').length
      for (const part of parts) {
        const [, id, data] = /^id: (\S+)\ndata: (.*)$/.exec(part) ?? []
        if (id === undefined || data === undefined) continue
        this.lastId = id
        const event = JSON.parse(data) as WireEvent
        this.kinds.push(event.kind)
        this.#heard.push(event)
      }
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

test('a page that connects again is told what it missed, and one of another server to ask anew', async () => {
  const world = makeChurnWorld()
  const repository = await openForTest(world.folder)
  const ui = await startUi(world.folder, { lookEveryMs: 20 })
  const first = new Listener(await ui.open('api/events'))
  await first.next('hello')
  await first.next('hello')
  const lastId = first.lastId
  first.go()
  const run = await startRun(repository, { experiment: 'churn' })
  await run.logMetric('loss', 0.5, { step: 4 })
  const again = new Listener(await ui.open('api/events', { 'last-event-id': lastId }))
  expect(await again.next('run-started')).toEqual({ kind: 'run-started', run: run.id })
  expect(again.kinds).not.toContain('hello')
  for (const odd of ['abc-1', `${lastId}9999`, 'x', `${lastId.split('-')[0]}--1`]) {
    const other = new Listener(await ui.open('api/events', { 'last-event-id': odd }))
    expect((await other.next('hello')).live).toEqual([run.id])
    other.go()
  }
  again.go()
  await run.finish()
})

test('a page that takes nothing costs the server nothing, and hears in the end what it all came to', () => {
  const log = openEventLog('s')
  let waiting: readonly NumberedEvent[] = []
  for (let look = 0; look < 5_000; look += 1) {
    const points = [{ metric: 'loss', step: look, value: 1 }]
    const news: WireEvent[] = [
      { kind: 'points', run: `run ${look % 3}`, points, isCut: false, hasOutput: look === 7 },
      { kind: 'branch-moved', tip: String(look) },
    ]
    waiting = log.together([...waiting, ...news.map((event) => log.add(event))])
    expect(waiting.length).toBeLessThanOrEqual(8)
  }
  const told = waiting.map(({ event }) => event)
  expect(new Set(told.flatMap((event) => ('run' in event ? [event.run] : [])))).toEqual(
    new Set(['run 0', 'run 1', 'run 2']),
  )
  expect(told).toContainEqual({ kind: 'points', run: 'run 1', points: [], isCut: true, hasOutput: true })
  expect(told.at(-1)).toEqual({ kind: 'branch-moved', tip: '4999' })
  expect(log.since(log.last())).toEqual([])
  expect(log.since('s-1')).toBeUndefined()
  expect(log.since('s-9990')?.length).toBeLessThanOrEqual(10)
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
