/**
 * The law of remote gc: never is an object removed that a record names, whatever meets and whatever is killed.
 */
import { expect, test } from 'vitest'
import { sha256Of } from '../../../src/base/digest.ts'
import type { Sha256 } from '../../../src/base/digest.ts'
import { noTransfer } from '../../../src/remote/artifact-transfer.ts'
import type { ArtifactTransfer } from '../../../src/remote/artifact-transfer.ts'
import { careDocument, encodeMark } from '../../../src/remote/care/care-documents.ts'
import { trashKey } from '../../../src/remote/care/care-keys.ts'
import { carefully } from '../../../src/remote/care/careful-upload.ts'
import { manifestKey, packKey, wholeKey } from '../../../src/remote/compact/compact-keys.ts'
import type { Dependencies } from '../../../src/remote/care/object-graph.ts'
import { declareComplete, listRepositories, register } from '../../../src/remote/care/registration.ts'
import { previewSweep, sweepStore, undoSweep } from '../../../src/remote/care/sweep-store.ts'
import type { SweepFate } from '../../../src/remote/care/sweep-plan.ts'
import { placeKey } from '../../../src/remote/keyed-place.ts'
import type { KeyedPlace, PlaceKey } from '../../../src/remote/keyed-place.ts'
import { memoryBucket, memoryPlace } from '../../support/memory-place.ts'
import type { MemoryBucket } from '../../support/memory-place.ts'
import { refusedWith } from '../../support/refusal.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const START_MS = 1_700_000_000_000
const [OLD, SHARED, LOST] = ['old', 'shared', 'lost'].map((text) => sha256Of(Buffer.from(text))) as [
  Sha256,
  Sha256,
  Sha256,
]

/** A store, the records of all repositories that use it, and a time for all of them. */
interface Scene {
  readonly bucket: MemoryBucket
  readonly place: KeyedPlace
  readonly named: Set<Sha256>
  readonly dependencies: Map<Sha256, Dependencies>
}

test('what no record names is marked, set aside a week later, and removed two weeks after that', async () => {
  const scene = await startScene()
  put(scene, OLD, LOST)
  scene.named.add(OLD)
  expect(await sweep(scene)).toEqual({ [OLD]: 'keep', [LOST]: 'young' })
  pass(scene, 14)
  expect(await sweep(scene)).toEqual({ [OLD]: 'keep', [LOST]: 'mark' })
  pass(scene, 6)
  expect(await sweep(scene)).toEqual({ [OLD]: 'keep', [LOST]: 'mark' })
  pass(scene, 1)
  expect(await sweep(scene)).toEqual({ [OLD]: 'keep', [LOST]: 'trash' })
  expect([has(scene, wholeKey(LOST)), has(scene, trashKey(wholeKey(LOST)))]).toEqual([false, true])
  pass(scene, 13)
  expect(await sweep(scene)).toEqual({ [OLD]: 'keep', [LOST]: 'wait' })
  pass(scene, 1)
  expect(await sweep(scene)).toEqual({ [OLD]: 'keep', [LOST]: 'remove' })
  expect([...scene.bucket.keys.keys()].some((key) => key.includes(LOST))).toBe(false)
  expect(has(scene, wholeKey(OLD))).toBe(true)
})

test('a preview tells the same and writes nothing', async () => {
  const scene = await startScene()
  put(scene, LOST)
  pass(scene, 20)
  const before = [...scene.bucket.keys]
  const preview = await previewSweep(scene.place, worldOf(scene))
  expect(preview.objects.map(({ fate }) => fate)).toEqual(['mark'])
  expect([...scene.bucket.keys]).toEqual(before)
})

test('what is named after it was set aside comes back by itself, and all of it when asked', async () => {
  const scene = await startScene()
  put(scene, OLD, LOST)
  await age(scene)
  expect(await sweep(scene)).toEqual({ [OLD]: 'trash', [LOST]: 'trash' })
  scene.named.add(OLD)
  expect(await sweep(scene)).toEqual({ [OLD]: 'restore', [LOST]: 'wait' })
  expect(has(scene, wholeKey(OLD))).toBe(true)
  const undone = await undoSweep(scene.place, worldOf(scene))
  expect(undone.map(({ key }) => key)).toEqual([trashKey(wholeKey(LOST))])
  expect(has(scene, wholeKey(LOST))).toBe(true)
})

test('a store that held objects before its list is not swept until somebody vouches for the list', async () => {
  const bucket = memoryBucket(START_MS)
  const place = memoryPlace(bucket)
  const scene: Scene = { bucket, place, named: new Set(), dependencies: new Map() }
  put(scene, LOST)
  await register(place, { url: 'https://git.example/a.git', identity: undefined })
  expect((await refusedWith(sweep(scene))).code).toBe('store-unlisted')
  await declareComplete(place)
  await age(scene)
  expect(await sweep(scene)).toEqual({ [LOST]: 'trash' })
})

test('when one repository cannot be asked nothing at all changes', async () => {
  const scene = await startScene()
  put(scene, LOST)
  await age(scene)
  const before = [...scene.bucket.keys]
  for (const failing of [1, 2]) {
    let asked = 0
    const named = () => {
      asked += 1
      return asked === failing ? Promise.reject(new Error('unreachable')) : Promise.resolve(new Set<Sha256>())
    }
    await expect(sweepStore(scene.place, { ...worldOf(scene), named })).rejects.toThrow('unreachable')
    expect([...scene.bucket.keys]).toEqual(before)
  }
})

test('what never ended counts for a while: a push for a day, a sweep for ten minutes', async () => {
  const scene = await startScene()
  await scene.place.write(placeKey('leases', 'x.json'), careDocument({}), 'replace')
  expect(await refusedWith(sweep(scene))).toMatchObject({ code: 'store-in-use', data: { by: 'push' } })
  expect(has(scene, placeKey('gc', 'sweeping.json'))).toBe(false)
  pass(scene, 1.01)
  await sweep(scene)
  expect(has(scene, placeKey('leases', 'x.json'))).toBe(false)
  await scene.place.write(placeKey('gc', 'sweeping.json'), careDocument({}), 'replace')
  expect(await refusedWith(push(scene, scene.place, SHARED))).toMatchObject({ data: { by: 'sweep' } })
  expect(await refusedWith(sweep(scene))).toMatchObject({ data: { by: 'sweep' } })
  pass(scene, 0.01)
  await push(scene, scene.place, SHARED)
  await sweep(scene)
})

test('marks that lead elsewhere, or are no marks, allow nothing', async () => {
  const scene = await startScene()
  put(scene, LOST)
  const outside = ['../../etc/passwd', '/etc/passwd', 'repositories/x.json', 'gc/complete.json', 'mlv-store.json']
  const marks = [
    careDocument({ unnamed: outside }),
    careDocument({ unnamed: 7n }),
    Buffer.from('{'),
    encodeMark(outside.slice(2) as PlaceKey[]),
  ]
  for (const [at, bytes] of marks.entries()) {
    await scene.place.write(placeKey('gc', 'marks', `${at}.json`), bytes, 'replace')
  }
  pass(scene, 20)
  expect(await sweep(scene)).toEqual({ [LOST]: 'mark' })
  expect(await listRepositories(scene.place)).toHaveLength(2)
  expect(has(scene, placeKey('gc', 'complete.json'))).toBe(true)
})

test('what an object is made of stays with it, through deltas and packs, and goes with it', async () => {
  const scene = await startScene()
  const [pack, other] = ['pack', 'other pack'].map((text) => sha256Of(Buffer.from(text))) as [Sha256, Sha256]
  put(scene, OLD)
  for (const key of [manifestKey(SHARED), packKey(pack), manifestKey(LOST), packKey(other)]) putKey(scene, key)
  scene.dependencies.set(SHARED, { objects: [OLD], packs: [pack] })
  scene.dependencies.set(LOST, { objects: [], packs: [pack, other] })
  scene.named.add(SHARED)
  await age(scene)
  const done = await sweepStore(scene.place, worldOf(scene))
  expect(done.objects.filter(({ fate }) => fate === 'trash').map(({ key }) => key)).toEqual([
    manifestKey(LOST),
    packKey(other),
  ])
  scene.named.delete(SHARED)
  scene.named.add(LOST)
  await sweep(scene)
  expect([has(scene, manifestKey(LOST)), has(scene, packKey(other)), has(scene, packKey(pack))]).toEqual([
    true,
    true,
    true,
  ])
})

test('what is young keeps what it is made of, though no record names either', async () => {
  const scene = await startScene()
  put(scene, OLD)
  await age(scene)
  putKey(scene, manifestKey(SHARED))
  scene.dependencies.set(SHARED, { objects: [OLD], packs: [] })
  expect(await sweep(scene)).toEqual({ [OLD]: 'young', [SHARED]: 'young' })
})

test('a push makes young what it relies on', async () => {
  const scene = await startScene()
  put(scene, SHARED)
  pass(scene, 13)
  await push(scene, scene.place, SHARED)
  scene.named.delete(SHARED)
  pass(scene, 13)
  expect(await sweep(scene)).toEqual({ [SHARED]: 'young' })
})

test('an upload that takes days renews its lease, and one that slept believes nothing it saw', async () => {
  const scene = await startScene()
  put(scene, SHARED)
  await age(scene)
  const seen: string[] = []
  const later = async (days: number, renews: boolean): Promise<void> => {
    const { clock, entropy, readDependencies } = worldOf(scene)
    const transfer: ArtifactTransfer = {
      ...noTransfer,
      upload: async (objects, onProgress) => {
        for (let hour = 0; hour < days * 24; hour += 1) {
          pass(scene, 1 / 24)
          if (renews) onProgress({ doneObjects: 0, totalObjects: 1, doneBytes: 0, totalBytes: 1 })
        }
        seen.push(await sweep(scene).then(JSON.stringify, (error: unknown) => String(error)))
        return { moved: [], present: objects, absent: [] }
      },
    }
    const listedAs = () => Promise.resolve({ url: 'https://git.example/a.git', identity: undefined })
    const retry = { clock, entropy, wait: () => Promise.resolve() }
    const careful = carefully(transfer, { place: scene.place, world: retry, listedAs, readDependencies })
    await careful.upload([{ sha256: SHARED, sizeBytes: 5 }], () => undefined)
  }
  await later(3, true)
  expect(seen.pop()).toContain('a push to')
  expect(has(scene, wholeKey(SHARED))).toBe(true)
  await age(scene)
  expect((await refusedWith(later(3, false))).code).toBe('store-in-use')
  expect(seen.pop()).toContain('trash')
})

/**
 * A push of an object that the store has, unnamed and marked, against the sweep that would set it aside. Whoever starts
 * is stopped after each of its steps in turn, the other goes on for each number of steps, then both run to their ends.
 */
test('a push and a sweep, interleaved at every pair of steps: what the branch names afterwards is there', async () => {
  let [ended, swept] = [0, 0]
  for (let first = 0; first < 24; first += 1) {
    for (let second = 0; second < 24; second += 1) {
      for (const starts of ['push', 'sweep'] as const) {
        const scene = await startScene()
        put(scene, SHARED, LOST)
        await age(scene)
        const turns = new Turns()
        const pushing = push(scene, memoryPlace(scene.bucket, turns.taking('push')), SHARED)
        const sweeping = sweep(scene, memoryPlace(scene.bucket, turns.taking('sweep')))
        const tasks = [
          pushing.catch(() => undefined).finally(() => turns.end('push')),
          sweeping.catch(() => undefined).finally(() => turns.end('sweep')),
        ]
        await turns.run(starts, first)
        await turns.run(starts === 'push' ? 'sweep' : 'push', second)
        await turns.rest(starts)
        await Promise.all(tasks)
        if (scene.named.has(SHARED)) ended += 1
        if (!has(scene, wholeKey(LOST))) swept += 1
        for (const object of scene.named) expect([first, second, starts, has(scene, wholeKey(object))]).toContain(true)
      }
    }
  }
  // Both do get their way, or the test would say nothing.
  expect(ended).toBeGreaterThan(500)
  expect(swept).toBeGreaterThan(200)
})

test('a sweep killed at every step loses nothing that is named, and the next one ends its work', async () => {
  for (let at = 1; at < 60; at += 1) {
    const scene = await startScene()
    put(scene, OLD, LOST, SHARED)
    scene.named.add(OLD)
    await age(scene)
    // Set aside before, and named since: this sweep also has something to put back.
    await scene.place.move(wholeKey(OLD), trashKey(wholeKey(OLD)))
    let calls = 0
    const killed = memoryPlace(scene.bucket, () => {
      calls += 1
      return calls >= at ? Promise.reject(new Error('killed')) : Promise.resolve()
    })
    await sweep(scene, killed).catch(() => undefined)
    const somewhere = [wholeKey(OLD), trashKey(wholeKey(OLD))].filter((key) => has(scene, key))
    expect([at, somewhere.length > 0]).toEqual([at, true])
    pass(scene, 1)
    await push(scene, scene.place, SHARED)
    await sweep(scene)
    expect([at, has(scene, wholeKey(OLD)), has(scene, wholeKey(SHARED))]).toEqual([at, true, true])
    if (calls < at) return
  }
  throw new Error('expected the sweep to end in fewer steps')
})

test('a sweep that slept stops before it changes anything more', async () => {
  const scene = await startScene()
  put(scene, LOST)
  await age(scene)
  const sleeping = memoryPlace(scene.bucket, (call) => {
    if (call.startsWith('list gc/marks')) scene.bucket.nowMs += 5 * 60_000
    return Promise.resolve()
  })
  expect((await refusedWith(sweep(scene, sleeping))).code).toBe('store-in-use')
  expect(has(scene, wholeKey(LOST))).toBe(true)
})

async function startScene(): Promise<Scene> {
  const bucket = memoryBucket(START_MS)
  const place = memoryPlace(bucket)
  for (const name of ['a', 'b']) {
    await register(place, { url: `https://git.example/${name}.git`, identity: undefined })
  }
  return { bucket, place, named: new Set(), dependencies: new Map() }
}

function put(scene: Scene, ...objects: readonly Sha256[]): void {
  for (const object of objects) putKey(scene, wholeKey(object))
}

function putKey({ bucket }: Scene, key: PlaceKey): void {
  bucket.keys.set(key, { bytes: Buffer.from('bytes'), modifiedMs: bucket.nowMs })
}

function has({ bucket }: Scene, key: PlaceKey): boolean {
  return bucket.keys.has(key)
}

function pass({ bucket }: Scene, days: number): void {
  bucket.nowMs += days * DAY_MS
}

/** Lets everything become old, and seen unnamed a week ago. */
async function age(scene: Scene): Promise<void> {
  pass(scene, 14)
  await sweep(scene)
  pass(scene, 8)
}

function worldOf(scene: Scene) {
  return {
    clock: { nowMs: () => scene.bucket.nowMs, elapsedMs: () => 0 },
    entropy: { randomBytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) },
    readDependencies: (object: Sha256) => scene.dependencies.get(object) ?? { objects: [], packs: [] },
    named: () => Promise.resolve(new Set(scene.named)),
  }
}

/** Sweeps, and tells the fate of each object. */
async function sweep(scene: Scene, place = scene.place): Promise<Readonly<Record<string, SweepFate>>> {
  const { objects } = await sweepStore(place, worldOf(scene))
  return Object.fromEntries(objects.map(({ key, fate }) => [/[0-9a-f]{64}/.exec(key)?.[0] ?? key, fate]))
}

/** Pushes a record that names an object which another repository may have uploaded long ago. */
async function push(scene: Scene, place: KeyedPlace, object: Sha256): Promise<void> {
  const key = wholeKey(object)
  const transfer: ArtifactTransfer = {
    ...noTransfer,
    upload: async (objects) => {
      if ((await place.head(key)) !== undefined) return { moved: [], present: objects, absent: [] }
      await place.write(key, Buffer.from('bytes'), 'only-if-absent')
      return { moved: objects, present: [], absent: [] }
    },
  }
  const { clock, entropy, readDependencies } = worldOf(scene)
  const retry = { clock, entropy, wait: () => Promise.resolve() }
  const listedAs = () => Promise.resolve({ url: 'https://git.example/a.git', identity: undefined })
  const careful = carefully(transfer, { place, world: retry, listedAs, readDependencies })
  await careful.upload([{ sha256: object, sizeBytes: 5 }], () => undefined)
  // The record arrives days later.
  scene.named.add(object)
}

type Name = 'push' | 'sweep'

/** Lets two tasks go on one step at a time. */
class Turns {
  readonly #waiting = new Map<Name, () => void>()
  readonly #ended = new Set<Name>()

  taking(name: Name): () => Promise<void> {
    return () => new Promise((go) => this.#waiting.set(name, go))
  }

  end(name: Name): void {
    this.#ended.add(name)
  }

  async run(name: Name, steps: number): Promise<void> {
    for (let step = 0; step < steps && !this.#ended.has(name); step += 1) await this.#step(name)
  }

  async rest(first: Name): Promise<void> {
    await this.run(first, 10_000)
    await this.run(first === 'push' ? 'sweep' : 'push', 10_000)
  }

  async #step(name: Name): Promise<void> {
    const go = this.#waiting.get(name)
    this.#waiting.delete(name)
    go?.()
    // Until it asks for the next step or has ended: nothing here waits for anything but the other steps.
    for (let tick = 0; tick < 200 && !this.#waiting.has(name) && !this.#ended.has(name); tick += 1) {
      await Promise.resolve()
    }
  }
}
