/**
 * Secrets told by the names they are given under.
 */
import { expect, test } from 'vitest'
import { parseParameterKey } from '../../src/domain/key.ts'
import type { ParameterKey } from '../../src/domain/key.ts'
import type { ParameterValue } from '../../src/domain/parameter.ts'
import { isSecretUnder, maskCommand, MASKED, maskParameters } from '../../src/domain/secret-words.ts'

const plain = (text: string): string => text

test('a value behind the name of a secret is masked, however it is given', () => {
  const masked = (...words: readonly string[]): string => maskCommand(['train', ...words], plain).join(' ')
  expect(masked('--token', 'argv-token-1')).toBe(`train --token ${MASKED}`)
  expect(masked('--hub_token=argv-token-1')).toBe(`train --hub_token=${MASKED}`)
  expect(masked('--password', 'short')).toBe(`train --password ${MASKED}`)
  expect(masked('db.password=x y z')).toBe(`train db.password=${MASKED}`)
  expect(masked('API_KEY=abc')).toBe(`train API_KEY=${MASKED}`)
  expect(masked('-c', "env WANDB_API_KEY=abc python t.py --token 'argv-token-1' --lr 0.1")).toBe(
    `train -c env WANDB_API_KEY=${MASKED} python t.py --token '${MASKED}' --lr 0.1`,
  )
})

test('words that training uses stay as they are: a masked one could not be run again', () => {
  const command = [
    ...['train', '--max-tokens', '512', '--pad-token', 'padpadpad', '--eos_token=</s>', '--tokenizer', 'bert-base'],
    ...['--token', '--verbose', '--token-file', '/run/token', '--token', '/run/secrets/token', '--secret', 'none'],
    ...[
      '--num-passes',
      '12345678',
      '--pass',
      '2',
      'keyboard=qwerty',
      '--sort-key',
      'created-at-date',
      '--token',
      '{t}',
    ],
  ]
  expect(maskCommand(command, plain)).toEqual(command)
})

test('parameters are masked by their last word, and lists by what is in them', () => {
  const parameters = new Map<ParameterKey, ParameterValue>([
    [parseParameterKey('hub.token'), 'a-long-token'],
    [parseParameterKey('model.pad_token'), 'a-long-token'],
    [parseParameterKey('password'), 12345n],
    [parseParameterKey('urls'), ['known', 'other']],
  ])
  const mask = (text: string): string => text.replace('known', MASKED)
  expect([...maskParameters(parameters, mask).values()]).toEqual([MASKED, 'a-long-token', MASKED, [MASKED, 'other']])
})

test('law: what is masked is masked for good', () => {
  expect(isSecretUnder('password', MASKED)).toBe(false)
})
