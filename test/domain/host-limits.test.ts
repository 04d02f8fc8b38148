/**
 * What well-known hosts take of one object, by the name of the host and nothing like it.
 */
import { expect, test } from 'vitest'
import { objectLimitOf } from '../../src/domain/host-limits.ts'

test.each([
  ['github.com', 2 ** 31],
  ['ssh.github.com', 2 ** 31],
  ['GitHub.com.', 2 ** 31],
  ['gitlab.com', 10 * 2 ** 30],
  ['huggingface.co', 500e9],
  ['github.com.evil.example', undefined],
  ['notgithub.com', undefined],
  ['git.example', undefined],
  ['', undefined],
])('%s takes %s bytes an object', (host, limitBytes) => {
  expect(objectLimitOf(host)?.limitBytes).toBe(limitBytes)
})
