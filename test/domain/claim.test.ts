/**
 * Claims: read back as written, found where they are claims, and rendered without touching anything else.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatClaim, parseClaim } from '../../src/domain/claim.ts'
import type { Claim, ClaimField, ClaimFormat } from '../../src/domain/claim.ts'
import { byteText, encodedText, renderClaims, scanClaims } from '../../src/domain/claim-scan.ts'
import type { DocumentKind } from '../../src/domain/claim-scan.ts'
import { claimedText } from '../../src/domain/claim-value.ts'
import { parseMetricKey, parseParameterKey } from '../../src/domain/key.ts'
import type { MetricKey } from '../../src/domain/key.ts'

const MARKDOWN: DocumentKind = { isMarkdown: true, includesCode: false }

/** Keys as others may choose them: anything that can be seen, ends of comments and braces among it. */
const anyKey = fc
  .oneof(
    fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    fc
      .array(fc.constantFrom('-->', '}}', '|', '`', '"', '\\', '#', 'params.', 'version', 'é', ' ', '-', 'sha256('), {
        minLength: 1,
        maxLength: 6,
      })
      .map((parts) => parts.join('')),
  )
  .map((text) => text.trim())
  .filter((text) => isKey(text))

function isKey(text: string): boolean {
  try {
    parseMetricKey(text)
    return true
  } catch {
    return false
  }
}

const anyField: fc.Arbitrary<ClaimField> = fc.oneof(
  anyKey.map((key) => ({ kind: 'metric' as const, key: parseMetricKey(key) })),
  anyKey.map((key) => ({ kind: 'parameter' as const, key: parseParameterKey(key) })),
  fc.string({ minLength: 1, unit: 'grapheme' }).map((path) => ({ kind: 'sha256' as const, path })),
  fc.constantFrom('version', 'by', 'code.commit').map((name) => ({ kind: 'fact' as const, name })),
)
const anyFormat: fc.Arbitrary<ClaimFormat> = fc.oneof(
  fc.record({ kind: fc.constantFrom('f', '%', 'e'), digits: fc.nat(20) }),
  fc.record({ kind: fc.constantFrom('g', 's'), digits: fc.integer({ min: 1, max: 20 }) }),
  fc.record({ kind: fc.constantFrom('%', 'e') }),
)
const anyClaim: fc.Arbitrary<Claim> = fc.record(
  {
    revision: fc.constantFrom('churn@v12', 'churn@production~1', '01k9', 'best:val/auc', 'HEAD', 'a-b.c@latest'),
    field: anyField,
    format: anyFormat,
  },
  { requiredKeys: ['revision', 'field'] },
)

test('law: a claim reads back as it was written, and its text ends neither a comment, braces, code nor a cell', () => {
  fc.assert(
    fc.property(anyClaim, (claim) => {
      const text = formatClaim(claim)
      expect(parseClaim(text)).toEqual({ kind: 'claim', claim })
      expect(text).not.toMatch(/--|[{}<>|`\r\n]/)
    }),
  )
})

test('law: a rendered document has its claims again, and rendering it again changes nothing', () => {
  const anyText = fc.string({
    unit: fc.constantFrom('a', ' ', '\n', '\r\n', '`', '```\n', '{{', '<!--', '-->', 'é', '\\', '> '),
  })
  const anyClaimText = fc.oneof(
    anyClaim.map((claim) => `{{ ${formatClaim(claim)} }}`),
    anyClaim.map((claim) => `<!-- mlv: ${formatClaim(claim)} --> 0.5\n<!-- /mlv -->`),
  )
  const anyDocument = fc.array(fc.oneof(anyText, anyClaimText), { maxLength: 8 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(
      anyDocument,
      fc.constantFrom('0.931', '`<b>`', 'caf\u00e0'),
      fc.boolean(),
      (document, value, includesCode) => {
        const kind = { isMarkdown: true, includesCode }
        const text = encodedText(document)
        const once = rendered(text, value, kind)
        expect(rendered(once, value, kind)).toBe(once)
        // Whatever was no claim is there, in its order.
        const claims = scanClaims(text, kind)
        let at = 0
        for (const { start, end } of claims) {
          expect(once).toContain(text.slice(at, start))
          at = end
        }
        expect(once.endsWith(text.slice(at))).toBe(true)
      },
    ),
  )
})

/** A document in which every claim that can be read has this value. */
function rendered(text: string, value: string, kind: DocumentKind): string {
  const claims = scanClaims(text, kind)
  const words = claims.map(({ body, problem }) => {
    const parsed = problem === undefined ? parseClaim(body) : undefined
    if (parsed?.kind !== 'claim') return undefined
    return { body: encodedText(formatClaim(parsed.claim)), value: encodedText(value) }
  })
  return renderClaims(text, claims, (_, place) => words[place], { isTemplate: false })
}

function bodies(text: string, kind = MARKDOWN): readonly string[] {
  return scanClaims(encodedText(text), kind).map(({ body, line, claimed }) => {
    return `${line} ${body}${claimed === undefined ? '' : ` = ${claimed}`}`
  })
}

test('claims are found open and filled, with the line they begin on', () => {
  expect(bodies('{{a@v1#b}}\n\n x {{ a@v1#c .3f }} <!-- mlv: a@v1#d -->1<!-- /mlv -->')).toEqual([
    '1 a@v1#b',
    '3 a@v1#c .3f',
    '3 a@v1#d = 1',
  ])
})

test('code is left alone: fences to their end, spans to the end of their paragraph, also in lists and quotes', () => {
  expect(bodies('`{{a@v1#b}}` ``x ` {{a@v1#c}}`` {{a@v1#d}}')).toEqual(['1 a@v1#d'])
  expect(bodies('```md\n{{a@v1#b}}\n~~~\n````\n{{a@v1#c}}')).toEqual(['5 a@v1#c'])
  expect(bodies('- ~~~\n  {{a@v1#b}}\n  ~~~\n  {{a@v1#c}}')).toEqual(['4 a@v1#c'])
  expect(bodies('> ```\n> {{a@v1#b}}\n{{a@v1#c}}')).toEqual(['3 a@v1#c'])
  expect(bodies('a ` b {{a@v1#b}}\n\n` {{a@v1#c}}')).toEqual(['1 a@v1#b', '3 a@v1#c'])
  expect(bodies('a \\` {{a@v1#b}} `')).toEqual(['1 a@v1#b'])
  expect(bodies('`{{a@v1#b}}`', { ...MARKDOWN, includesCode: true })).toEqual(['1 a@v1#b'])
  expect(bodies("``{{a@v1#b}}''", { isMarkdown: false, includesCode: false })).toEqual(['1 a@v1#b'])
})

test('what only looks like a claim is none', () => {
  expect(bodies('${{ github.event#x }} {{#if a#b}} {{ name }} \\{{a@v1#b}} {{a@v1 #b}} <!-- {{a@v1#b}} -->')).toEqual(
    [],
  )
})

test('a claim that is not whole is a claim all the same, and told', () => {
  const problems = (text: string): readonly unknown[] => scanClaims(text, MARKDOWN).map(({ problem }) => problem)
  expect(problems('<!-- mlv: a@v1#b -->0.1')).toEqual(["it does not end with '<!-- /mlv -->'"])
  expect(problems('<!-- mlv: a@v1#b\n-->0.1<!-- /mlv -->')).toEqual(["it has no '-->' on its line"])
  expect(problems('<!-- mlv: a@v1#b -->1<!-- mlv: a@v1#c -->2<!-- /mlv -->')).toEqual([
    "it does not end with '<!-- /mlv -->'",
    undefined,
  ])
})

test('bytes that are no text pass unchanged', () => {
  const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0xff, 0x00, 0x0d, 0x0a, 0xc3])
  expect(Buffer.from(rendered(byteText(bytes), '1', MARKDOWN), 'latin1')).toEqual(bytes)
})

test.each([
  ['no revision', '#auc'],
  ['no field', 'churn@v1#'],
  ['an unknown format', 'churn@v1#auc .3x'],
  ['too many digits', 'churn@v1#auc .21f'],
  ['f without digits', 'churn@v1#auc f'],
  ['a quote that is not closed', 'churn@v1#"auc'],
  ['an empty name', 'churn@v1#""'],
  ['a file without a name', 'churn@v1#sha256()'],
  ['a revision that could end a comment', 'a-->b#auc'],
])('%s is told', (_, text) => {
  expect(parseClaim(text)).toMatchObject({ kind: 'malformed', problem: expect.any(String) as string })
})

test('a name that means a fact is a metric with its prefix', () => {
  const field = (text: string): ClaimField | undefined => {
    const parsed = parseClaim(`a@v1#${text}`)
    return parsed.kind === 'claim' ? parsed.claim.field : undefined
  }
  expect(field('version')).toEqual({ kind: 'fact', name: 'version' })
  expect(field('metrics.version')).toEqual({ kind: 'metric', key: 'version' as MetricKey })
  expect(field('"version"')).toEqual({ kind: 'metric', key: 'version' as MetricKey })
  expect(field('params.lr')).toMatchObject({ kind: 'parameter', key: 'lr' })
  expect(field('sha256("a b")')).toEqual({ kind: 'sha256', path: 'a b' })
})

test.each<[number, string, string | undefined]>([
  [0.931, '', '0.931'],
  [0.93149, '.3f', '0.931'],
  [0.93149, '.1%', '93.1%'],
  [0.07, '%', '7%'],
  [12345.678, '.3e', '1.235e+4'],
  [12345.678, '.4g', '12350'],
  [0.5, '.3s', undefined],
  [-0, '', '0'],
  [NaN, '.3f', 'NaN'],
])('%s with %s is %s', (value, format, text) => {
  const parsed = parseClaim(`a@v1#b ${format}`)
  const wanted = parsed.kind === 'claim' ? parsed.claim.format : undefined
  expect(claimedText({ kind: 'number', value }, wanted)?.text).toBe(text)
})

test('integers keep every digit, lists are written as they would be typed, and text takes its first characters', () => {
  expect(claimedText({ kind: 'parameter', value: 12345678901234567890n }, undefined)?.text).toBe('12345678901234567890')
  expect(claimedText({ kind: 'parameter', value: [1n, 'a b', 0.5] }, undefined)?.text).toBe('[1, "a b", 0.5]')
  expect(claimedText({ kind: 'text', value: 'aé🙂b' }, { kind: 's', digits: 3 })).toEqual({
    text: 'aé🙂',
    isText: true,
  })
})
