/**
 * Secrets in what a command prints: masked by shape and by value, wherever chunks break, and nothing else is touched.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MASKED } from '../../../src/domain/secret-words.ts'
import { certainSecrets, knownSecrets, secretMask } from '../../../src/store/inputs/secret-mask.ts'
import { memoryFiles } from '../../support/memory-files.ts'

const TOKEN = `ghp_${'a1B2c3D4'.repeat(5)}`.slice(0, 40)
const BODY = Array.from({ length: 20 }, (_, line) => `${line}`.padEnd(64, 'MIIEvQIBADANBgkqhkiG9w0')).join('\n')
const KEY = `-----BEGIN PRIVATE KEY-----\n${BODY}\n-----END PRIVATE KEY-----`

test('a token, the value of a password and a whole private key are masked', () => {
  const mask = secretMask([])
  expect(mask.text(`pushing with ${TOKEN} now`)).toBe(`pushing with ${MASKED} now`)
  expect(mask.text('password = "x9Q2k8Lm3Zp7Tr5"')).toBe(`password = "${MASKED}"`)
  expect(mask.text(`before\n${KEY}\nafter`)).toBe(`before\n${MASKED}\nafter`)
  expect(mask.count()).toBe(3)
})

test('values this machine knows are masked, whatever their shape', async () => {
  const files = memoryFiles()
  await files.makeFolder('/project')
  const env = await files.open('/project/.env', 'create')
  await env.write(Buffer.from('DB_URL="postgres://me:grün-9@db/x"\nDEBUG=true\nPORT=12345678\nTINY=abc\n'))
  await env.close()
  const values = await knownSecrets(files, ['/project'], { WANDB_API_KEY: 'plain-words-here', PWD: '/home/somebody' })
  const mask = secretMask(values)
  const printed = 'url postgres://me:grün-9@db/x key plain-words-here home /home/somebody port 12345678 abc'
  expect(mask.text(printed)).toBe(`url ${MASKED} key ${MASKED} home /home/somebody port 12345678 abc`)
})

test('a record keeps what only looks secret: a word masked by mistake cannot be run again', async () => {
  const files = memoryFiles()
  await files.makeFolder('/project')
  const env = await files.open('/project/.env', 'create')
  await env.write(Buffer.from('MODEL=bert-base-uncased\nDB_PASSWORD=plain-words-too\nSALT=x9Q2k8Lm3Zp7Tr5\n'))
  await env.close()
  const variables = { HF_TOKEN: 'plain-words-here', TOKENIZER: 'bert-base-uncased', PAD_TOKEN: 'padding-text' }
  expect(await certainSecrets(files, ['/project'], variables)).toEqual([
    'plain-words-here',
    'plain-words-too',
    'x9Q2k8Lm3Zp7Tr5',
  ])
})

test('a value is masked as JSON writes it, a password in its URL, a token in its header', () => {
  const mask = secretMask(['with "quotes"\\and'])
  expect(mask.text(JSON.stringify({ a: 'with "quotes"\\and' }))).toBe(`{"a":"${MASKED}"}`)
  expect(mask.text('postgres://me:hunter2@db/x')).toBe(`postgres://me:${MASKED}@db/x`)
  expect(mask.text('Authorization: Bearer abcdefgh.12')).toBe(`Authorization: Bearer ${MASKED}`)
  expect(mask.text('see https://host:8080/a@b and authorization: none')).toBe(
    'see https://host:8080/a@b and authorization: none',
  )
})

test('law: where chunks break makes no difference, and what is no secret comes through byte for byte', async () => {
  const piece = fc.oneof(
    fc.constantFrom(TOKEN, KEY, 'known-value-1', '\n', ' ', 'loss=0.25\r\n'),
    fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    fc.nat(60_000).map((length) => '.'.repeat(length)),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(piece, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 70_000 }), { maxLength: 10 }),
      async (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(' '), 'latin1')
        const whole = await masked([bytes])
        expect(await masked(chunksOf(bytes, cuts))).toBe(whole)
        expect(whole).not.toContain(TOKEN)
        expect(whole).not.toContain('known-value-1')
        if (!pieces.some((text) => [TOKEN, KEY, 'known-value-1'].includes(text))) {
          expect(whole).toBe(bytes.toString('latin1'))
        }
      },
    ),
    { numRuns: 60 },
  )
})

async function masked(chunks: readonly Uint8Array[]): Promise<string> {
  const found: Uint8Array[] = []
  for await (const chunk of secretMask(['known-value-1']).stream(each(chunks))) found.push(chunk)
  return Buffer.concat(found).toString('latin1')
}

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of chunks) yield await Promise.resolve(chunk)
}

function chunksOf(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const chunks: Uint8Array[] = []
  let at = 0
  for (const size of sizes) {
    chunks.push(bytes.subarray(at, at + size))
    at += size
  }
  return [...chunks, bytes.subarray(at)]
}
