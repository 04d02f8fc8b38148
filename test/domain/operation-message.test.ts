/**
 * Operation messages: what one looks like, and that nothing a person typed can pass for a fact.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { present } from '../../src/base/assert.ts'
import { parseVersionNumber, versionUidOf } from '../../src/domain/model-version.ts'
import { parseModelName } from '../../src/domain/name.ts'
import { formatOperation, parseOperation } from '../../src/domain/operation-message.ts'
import { operationIdOf } from '../../src/domain/operation.ts'
import type { Operation } from '../../src/domain/operation.ts'
import { runIdOf } from '../../src/domain/run.ts'
import { sampleUlid } from '../support/sample.ts'

const promotion: Operation = {
  id: operationIdOf(sampleUlid(1)),
  kind: 'promote',
  subject: 'churn: promote v12 to production (auc 0.924 -> 0.931)',
  body: 'Approved in the weekly review.',
  model: parseModelName('churn'),
  runs: [runIdOf(sampleUlid(2)), runIdOf(sampleUlid(3))],
  version: { number: present(parseVersionNumber('12'), 'a version number'), uid: versionUidOf(sampleUlid(4)) },
  reverts: operationIdOf(sampleUlid(5)),
}

const bare: Operation = { id: promotion.id, kind: 'init', subject: 'set up mlv' }

test('an operation reads as a commit message with trailers', () => {
  expect(formatOperation(promotion)).toMatchInlineSnapshot(`
    "churn: promote v12 to production (auc 0.924 -> 0.931)

    Approved in the weekly review.

    Mlv-Op: promote
    Mlv-Op-Id: 01m7w4n5e00000000000000001
    Mlv-Model: churn
    Mlv-Run: 01m7w4n5e00000000000000002
    Mlv-Run: 01m7w4n5e00000000000000003
    Mlv-Version: v12 01m7w4n5e00000000000000004
    Mlv-Reverts: 01m7w4n5e00000000000000005
    "
  `)
  expect(formatOperation(bare)).toMatchInlineSnapshot(`
    "set up mlv

    Mlv-Op: init
    Mlv-Op-Id: 01m7w4n5e00000000000000001
    "
  `)
})

const lines = fc.stringMatching(/^[A-Za-z:-][A-Za-z0-9 :,.-]{0,30}[A-Za-z0-9]$/)
const bodies = fc.array(fc.oneof(lines, fc.constant('')), { minLength: 1 }).map((list) => `a${list.join('\n')}z`)
const operations: fc.Arbitrary<Operation> = fc.record(
  {
    id: fc.constant(promotion.id),
    kind: fc.constantFrom<Operation['kind']>('commit', 'recover', 'promote', 'rollback', 'revert', 'retire', 'note'),
    subject: lines,
    body: bodies,
    model: fc.constant(parseModelName('churn')),
    runs: fc.constant([runIdOf(sampleUlid(2)), runIdOf(sampleUlid(3))]),
    reverts: fc.constant(operationIdOf(sampleUlid(5))),
  },
  { requiredKeys: ['id', 'kind', 'subject'] },
)

test('parseOperation takes back what formatOperation wrote', () => {
  expect(parseOperation(formatOperation(promotion))).toEqual(promotion)
  expect(parseOperation(formatOperation(bare))).toEqual(bare)
  fc.assert(
    fc.property(operations, (operation) => {
      expect(parseOperation(formatOperation(operation))).toEqual(operation)
    }),
  )
})

const forgeries = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '\n',
        '\n\n',
        '\r',
        '\r\n',
        '\u2028',
        '\u0085',
        ' ',
        'Mlv-Op: retire',
        'Mlv-Run: x',
        `Mlv-Op-Id: ${sampleUlid(9)}`,
        '---',
        '\u0000',
      ),
    )
    .map((parts) => parts.join('')),
)

test('no subject and no body can add, change or hide a fact', () => {
  fc.assert(
    fc.property(forgeries, forgeries, (subject, body) => {
      const read = parseOperation(formatOperation({ ...promotion, subject, body }))
      expect({ ...read, subject: '', body: '' }).toEqual({ ...promotion, subject: '', body: '' })
    }),
    { numRuns: 1_000 },
  )
})

test('the subject of a message is one line that can be shown', () => {
  fc.assert(
    fc.property(forgeries, (subject) => {
      const [first = '', second] = formatOperation({ ...bare, subject }).split('\n')
      expect(first).not.toMatch(/^\s*$|\p{Cc}/u)
      expect(second).toBe('')
    }),
  )
})

test('trailers of other tools may stand beside ours', () => {
  const signed = `${formatOperation(promotion)}Signed-off-by: Ada <ada@example.org>\n`
  expect(parseOperation(signed)).toEqual(promotion)
  expect(parseOperation(formatOperation(promotion).replaceAll('\n', '\r\n'))).toEqual(promotion)
})

test.each([
  ['nothing', ''],
  ['a message of a person', 'fix the threshold\n\nIt was wrong.\n'],
  ['a plain git revert', 'Revert "churn: promote v12"\n\nThis reverts commit 0123456.\n'],
  ['trailers without a subject', formatOperation(bare).split('\n\n').slice(1).join('\n\n')],
  ['an unknown kind', formatOperation(bare).replace('Mlv-Op: init', 'Mlv-Op: destroy')],
  ['a name JavaScript objects have', formatOperation(bare).replace('Mlv-Op: init', 'Mlv-Op: constructor')],
  ['two kinds', formatOperation(bare).replace('Mlv-Op: init', 'Mlv-Op: init\nMlv-Op: promote')],
  ['two ids', `${formatOperation(bare)}Mlv-Op-Id: ${sampleUlid(9)}\n`],
  ['no id', formatOperation(bare).replace(/Mlv-Op-Id.*\n/, '')],
  ['an upper-case id', formatOperation(bare).replace(bare.id, bare.id.toUpperCase())],
  ['a model that cannot be one', formatOperation(promotion).replace('Mlv-Model: churn', 'Mlv-Model: ../x')],
  ['a version without uid', formatOperation(promotion).replace(/Mlv-Version: v12 .*/, 'Mlv-Version: v12')],
  ['a run id that is none', formatOperation(promotion).replace(/Mlv-Run: .*/, 'Mlv-Run: x')],
  ['trailers above a last paragraph', `${formatOperation(bare)}\nand more\n`],
])('parseOperation does not take %s for an operation', (_, message) => {
  expect(parseOperation(message)).toBeUndefined()
})
