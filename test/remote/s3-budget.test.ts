/**
 * Shares of a bucket's connections and memory: never more than there are, in the order of asking, and all given back.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { budgetOf } from '../../src/remote/s3/s3-budget.ts'

test('no more is taken than there is, whoever asks comes to it, and in that order', async () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 })
  const run = async (shares: number, total: number, asked: readonly number[]): Promise<void> => {
    const budget = budgetOf(shares, total)
    let [held, heldBytes] = [0, 0]
    const order: number[] = []
    const work = asked.map(async (size, index) => {
      const giveBack = await budget.take(size)
      order.push(index)
      held += 1
      heldBytes += size
      expect(held).toBeLessThanOrEqual(shares)
      // What is larger than all there is goes alone.
      expect(heldBytes <= total || held === 1).toBe(true)
      for (let turns = index % 4; turns > 0; turns -= 1) await Promise.resolve()
      held -= 1
      heldBytes -= size
      giveBack()
    })
    await Promise.all(work)
    expect(order).toEqual(asked.map((_, index) => index))
  }
  await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 40 }), sizes, run))
})

test('a share that somebody waits for is not taken before them', async () => {
  const budget = budgetOf(2, 10)
  const first = await budget.take(6)
  const second = budget.take(6)
  expect(budget.takeNow(1)).toBeUndefined()
  first()
  const giveBack = await second
  const third = budget.takeNow(1)
  expect(third).toBeDefined()
  giveBack()
  third?.()
})
