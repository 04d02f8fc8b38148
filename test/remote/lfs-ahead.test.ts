/**
 * Asking a Git LFS server ahead: by the hundred, one hundred ahead, each object once.
 */
import { expect, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { askAhead } from '../../src/remote/lfs/lfs-ahead.ts'
import type { LfsAnswer } from '../../src/remote/lfs/lfs-batch.ts'
import type { ObjectId } from '../../src/remote/object-store.ts'

const OBJECTS: readonly ObjectId[] = Array.from({ length: 250 }, (_, index) => ({
  sha256: sha256Of(`object ${index}`),
  sizeBytes: index,
}))

test('250 objects are asked for in three requests, the next one as soon as the one before is answered', async () => {
  const requests: number[] = []
  const ahead = askAhead(OBJECTS, (part) => {
    requests.push(part.length)
    return Promise.resolve(part.map((object): LfsAnswer => ({ kind: 'nothing', object })))
  })
  expect(requests).toEqual([])
  const taken = [await ahead.take(objectAt(0))]
  expect(requests).toEqual([100, 100])
  for (const object of OBJECTS.slice(1)) taken.push(await ahead.take(object))
  expect(requests).toEqual([100, 100, 50])
  expect(taken.map((answer) => answer?.object)).toEqual(OBJECTS)
})

test('an object is answered for once, and one that was not named never', async () => {
  const ahead = askAhead(OBJECTS.slice(0, 1), (part) =>
    Promise.resolve(part.map((object) => ({ kind: 'nothing', object }))),
  )
  expect(await ahead.take(objectAt(0))).toMatchObject({ kind: 'nothing' })
  expect(await ahead.take(objectAt(0))).toBeUndefined()
  expect(await ahead.take(objectAt(1))).toBeUndefined()
})

test('a request that fails is told to whoever takes from it, and to nobody before', async () => {
  const ahead = askAhead(OBJECTS, (part) =>
    part[0] === OBJECTS[0]
      ? Promise.resolve(part.map((object): LfsAnswer => ({ kind: 'nothing', object })))
      : Promise.reject(new Error('busy')),
  )
  expect(await ahead.take(objectAt(0))).toMatchObject({ kind: 'nothing' })
  await expect(ahead.take(objectAt(100))).rejects.toThrow('busy')
})

function objectAt(index: number): ObjectId {
  const object = OBJECTS[index]
  if (object === undefined) throw new Error(`expected an object ${index}`)
  return object
}
