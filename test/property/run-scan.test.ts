/**
 * The law of the fast reader of runs: it reads what the reader of any document reads, or says nothing.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SealedRun } from '../../src/domain/run.ts'
import { decodeAnyRun, encodeRun } from '../../src/store/documents/run-manifest.ts'
import { scanRun } from '../../src/store/documents/run-scan.ts'
import { anyRun } from '../support/document-arbitraries.ts'
import { exampleRun } from '../support/example-records.ts'

test('law: what mlv wrote is read, and as what it is', () => {
  fc.assert(
    fc.property(anyRun, (run) => {
      const bytes = encodeRun(run)
      expect(scanRun(bytes)).toStrictEqual(decodeAnyRun(bytes, 'run.yaml'))
    }),
    { numRuns: 400 },
  )
})

test('law: numbers of every size and form are the numbers of the other reader', () => {
  const digits = fc.stringMatching(/^-?[0-9]{1,25}(?:\.[0-9]{0,25})?(?:e[+-]?[0-9]{1,3})?$/)
  const odd = fc.constantFrom(
    '.nan',
    '.inf',
    '-.inf',
    '-0',
    '-0.0',
    '00.5',
    '0x10',
    '1_0',
    '+1',
    '.5',
    '5.',
    '1e5',
    '""',
  )
  const float = fc.double().map((value) => encodedNumber(value))
  fc.assert(
    fc.property(fc.oneof(digits, odd, float), (token) => expectAgreement(withNumber(token))),
    { numRuns: 2000 },
  )
  for (const token of ['9007199254740992.0', '9007199254740993.0', '0.9007199254740993', '90071992547409.93']) {
    expectAgreement(withNumber(token))
  }
})

test('law: of a record that was edited or damaged it says nothing, or the truth', () => {
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat({ max: 40 }),
    put: fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.constantFrom(
        '\n',
        ' ',
        '  ',
        '    last: 1.0\n',
        'metrics:\n',
        '"',
        ':',
        '- ',
        '#',
        '{}',
        '[]',
        '\t',
        '\r\n',
        'x: 1\n',
      ),
    ),
  })
  fc.assert(
    fc.property(
      fc.oneof(fc.constant(exampleRun), anyRun),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      (run, edits) => {
        let text = Buffer.from(encodeRun(run)).toString('utf8')
        for (const { at, remove, put } of edits) {
          const place = at % (text.length + 1)
          text = text.slice(0, place) + put + text.slice(place + remove)
        }
        expectAgreement(text)
      },
    ),
    { numRuns: 1500 },
  )
})

test('law: lines that change places, vanish or come twice are not read past', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(exampleRun, ...samples()),
      fc.nat(),
      fc.nat(),
      fc.constantFrom('swap', 'drop', 'twice'),
      (run, left, right, how) => {
        const lines = Buffer.from(encodeRun(run)).toString('utf8').split('\n')
        const [from, to] = [left % lines.length, right % lines.length]
        const line = lines[from] ?? ''
        if (how === 'swap') [lines[from], lines[to]] = [lines[to] ?? '', line]
        else lines.splice(from, how === 'drop' ? 1 : 0, ...(how === 'drop' ? [] : [line]))
        expectAgreement(lines.join('\n'))
      },
    ),
    { numRuns: 1500 },
  )
})

function samples(): readonly SealedRun[] {
  return fc.sample(anyRun, { numRuns: 30, seed: 7 })
}

/** What the fast reader reads, the other one reads alike; what that refuses, the fast one does not read. */
function expectAgreement(text: string): void {
  const bytes = Buffer.from(text, 'utf8')
  const found = scanRun(bytes)
  if (found !== undefined) expect(found).toStrictEqual(decodeAnyRun(bytes, 'run.yaml'))
}

function withNumber(token: string): string {
  const text = Buffer.from(encodeRun({ ...exampleRun, metrics: new Map(), parameters: new Map() })).toString('utf8')
  return text
    .replace('metrics: {}\n', `metrics:\n  auc:\n    last: ${token}\n`)
    .replace('parameters: {}\n', `parameters:\n  lr: ${token}\n`)
}

function encodedNumber(value: number): string {
  const run: SealedRun = { ...exampleRun, parameters: new Map([['x' as never, value]]) }
  return /^ {2}x: (.*)$/m.exec(Buffer.from(encodeRun(run)).toString('utf8'))?.[1] ?? ''
}
