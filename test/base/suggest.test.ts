/**
 * Suggestions: what a person probably meant.
 */
import { expect, test } from 'vitest'
import { closestNames } from '../../src/base/suggest.ts'

const known = ['churn', 'churn-eu', 'fraud', 'pricing', 'price']

test.each([
  ['one letter wrong', 'chrun', ['churn']],
  ['the start of names', 'chu', ['churn', 'churn-eu']],
  ['the exact name comes with those it starts', 'churn', ['churn', 'churn-eu']],
  ['two names equally far, in text order', 'pricin', ['pricing', 'price']],
  ['nothing near', 'zzzzzzzz', []],
])('closestNames finds %s', (_, wanted, expected) => {
  expect(closestNames(wanted, known)).toEqual(expected)
})

test('closestNames gives at most as many as were asked for', () => {
  expect(closestNames('run', ['run1', 'run2', 'run3', 'run4'])).toEqual(['run1', 'run2', 'run3'])
  expect(closestNames('run', ['run1', 'run2'], 1)).toEqual(['run1'])
})

test('closestNames does not spend time on names of another length', () => {
  const long = 'x'.repeat(100_000)
  expect(closestNames('churn', [long])).toEqual([])
})
