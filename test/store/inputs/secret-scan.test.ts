/**
 * Secrets are found by shape. Every token here is put together when the test runs, so this file trips no scanner.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findSecrets } from '../../../src/store/inputs/secret-scan.ts'

const BASE62 = 'q7Zk2mXv9RtB4nWc8LpD1sHf6GjY3aEu5QxTbKz0VwNoMiCd'

/** Takes characters that look random and are not. */
function random(length: number, from = BASE62): string {
  return Array.from({ length }, (_, index) => from[(index * 7 + 3) % from.length]).join('')
}

const letters = random(34, 'QwErTyUiOpAsDfGhJkLzXcVbNm')
const base32 = random(16, 'QWERTY2345UIOPAS67DFGHJ')
const base64Line = random(64, BASE62)

/** What a file would hold, joined here so that no line of this file is a secret itself. */
const secrets: readonly (readonly [kind: string, text: string])[] = [
  ['an AWS access key', ['AK', 'IA', base32].join('')],
  ['a GitHub token', ['gh', 'p_', random(36)].join('')],
  ['a GitHub token', ['github', '_pat_', random(22), '_', random(59)].join('')],
  ['a GitLab token', ['gl', 'pat-', random(20)].join('')],
  ['a Hugging Face token', ['h', 'f_', letters].join('')],
  ['an OpenAI key', ['s', 'k-', 'proj-', random(40), 'T3Blbk', 'FJ', random(40)].join('')],
  ['an Anthropic key', ['s', 'k-ant-', 'api03-', random(95)].join('')],
  ['a Slack token', ['xo', 'xb-', '1234567890', '-', '1234567890', '-', random(24)].join('')],
  ['a Google API key', ['AI', 'za', random(35)].join('')],
  ['an npm token', ['np', 'm_', random(36)].join('')],
  ['a private key', ['-----BEGIN RSA ', 'PRIVATE KEY-----', '\n', base64Line].join('')],
  ['a private key', ['-----BEGIN OPENSSH ', 'PRIVATE KEY-----', '\n', base64Line].join('')],
  ['a private key', ['-----BEGIN ', 'PRIVATE KEY-----', '\\n', base64Line].join('')],
  [
    'a private key',
    ['-----BEGIN RSA ', 'PRIVATE KEY-----', '\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES\n\n', base64Line].join(''),
  ],
  ['a password or key', ['pass', 'word = "', random(20), '"'].join('')],
  ['a password or key', ['DB_PASS', "WORD: '", random(20), "'"].join('')],
  ['a password or key', ['api_', 'key: str = "', random(32), '"'].join('')],
  ['a password or key', ['"client_sec', 'ret": "', random(32), '"'].join('')],
  ['a password or key', ['export WANDB_API_', 'KEY=', random(40, 'a1b2c3d4e5f60789')].join('')],
]

describe('a secret is found by its shape', () => {
  test.each(secrets)('%s', (kind, text) => {
    expect(findSecrets(`# first line\nx = 1\n${text}\n`)).toEqual([{ line: 3, kind }])
  })
})

describe('what only looks like a secret is left alone', () => {
  const harmless: readonly string[] = [
    'password = "correct horse battery staple"',
    'password = "changeme-changeme"',
    'token = "tokenizer_v2_2024"',
    'token = "resnet50_imagenet1k_v2"',
    'secret_key = os.environ["SECRET_KEY_2024_A1B2"]',
    'api_key: "${OPENAI_API_KEY_1A2B3C4D5E6F}"',
    'API_KEY=<your-api-key-here-1a2b3c4d>',
    'token = "<|endoftext|>"',
    'pad_token = "[PAD]"',
    'eos_token_id = "151643"',
    'access_key = "xxxxxxxxxxxx1x2x3x4x5x"',
    'tokens = "the1 quick2 brown3 fox4"',
    'AKIAIOSFODNN7EXAMPLE',
    'sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"',
    'commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904',
    'a text about -----BEGIN RSA PRIVATE KEY----- blocks, without one',
    'hf_hub_download("org/model")',
    'sk-learn is a library; sk-learn-contrib-projects-are-many-and-long-named too',
  ]

  test.each(harmless)('%s', (text) => {
    expect(findSecrets(text)).toEqual([])
  })
})

test('a line that other scanners were told to allow is allowed here too', () => {
  const token = secrets[1]?.[1] ?? ''
  expect(findSecrets(`${token} # gitleaks:allow`)).toEqual([])
  expect(findSecrets(`${token} # pragma: allowlist secret`)).toEqual([])
  expect(findSecrets(`${token} # needed`)).toHaveLength(1)
})

test('findings come in line order, one a line, and never hold the secret', () => {
  const tokens = secrets.slice(0, 6).map(([, text]) => text)
  const found = findSecrets([...tokens].reverse().join('\n'))
  expect(found.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6])
  for (const token of tokens) expect(JSON.stringify(found)).not.toContain(token)
})

test('a GitHub token is found wherever it stands in any text', () => {
  const token = ['gh', 'o_', random(36)].join('')
  const lines = fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '"', '=', '#', '-') }), { maxLength: 20 })
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const text = [...before, `x = ${token} `, ...after].join('\n')
      expect(findSecrets(text)).toContainEqual({ line: before.length + 1, kind: 'a GitHub token' })
    }),
  )
})

test('a megabyte of hostile text costs linear time', () => {
  for (const piece of ['sk-', 'password=', 'token": "', 'xoxb-1234567890-', '-----BEGIN ', 'a', 'gh', '"']) {
    const started = performance.now()
    findSecrets(piece.repeat(Math.ceil(1_000_000 / piece.length)))
    expect(performance.now() - started, piece).toBeLessThan(2_000)
  }
})
