/**
 * Values in recorded commands: found by the name beside them, else only where there is no doubt.
 */
import { expect, test } from 'vitest'
import { withArgument } from '../../src/domain/command-arguments.ts'
import { parseParameterKey } from '../../src/domain/key.ts'

test.each<readonly [string, string, string | number | bigint, string | undefined]>([
  ['train.py --lr 0.1', 'lr', 0.1, 'train.py --lr NEW'],
  ['train.py --lr=0.1', 'lr', 0.1, 'train.py --lr=NEW'],
  ['train.py lr=1e-1', 'lr', 0.1, 'train.py lr=NEW'],
  ['train.py --learning-rate 0.1', 'optimizer.learning_rate', 0.1, 'train.py --learning-rate NEW'],
  ['train.py --seed 1 --folds 1', 'seed', 1n, 'train.py --seed NEW --folds 1'],
  ['train.py -s 7', 'seed', 7n, 'train.py -s NEW'],
  ['train.py 1 1', 'seed', 1n, undefined],
  ['train.py --seed 1 --seed 1', 'seed', 1n, undefined],
  ['train.py', 'seed', 1n, undefined],
  ['train.py --opt adam', 'opt', 'adam', 'train.py --opt NEW'],
])('%s with another %s', (line, key, value, expected) => {
  const found = withArgument(line.split(' '), { key: parseParameterKey(key), value, text: 'NEW' })
  expect(found?.join(' ')).toBe(expected)
})

test('the program itself is never a value', () => {
  expect(withArgument(['7', 'x'], { key: parseParameterKey('seed'), value: 7n, text: '8' })).toBeUndefined()
})
