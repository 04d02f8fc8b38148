/**
 * Row O1: no untrusted text reaches a terminal with anything in it that the terminal would act on.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hiddenCharacterAt, printable, quoted } from '../../src/base/printable.ts'

test.each([
  ['a colour sequence', '\u001b[31mred', '\\x1b[31mred'],
  ['an OSC 8 link', '\u001b]8;;http://evil\u0007here', '\\x1b]8;;http://evil\\x07here'],
  ['an OSC 52 clipboard write', '\u001b]52;c;ZXZpbA==\u0007', '\\x1b]52;c;ZXZpbA==\\x07'],
  ['a carriage return that hides what came before', 'evil\rgood', 'evil\\x0dgood'],
  ['backspaces', 'bad\b\b\bgood', 'bad\\x08\\x08\\x08good'],
  ['a line break', 'one\ntwo', 'one\\x0atwo'],
  ['an eight-bit control sequence', '\u009b31m', '\\x9b31m'],
  ['a right-to-left override', 'weights\u202egpj.bin', 'weights\\u202egpj.bin'],
  ['a bidirectional isolate', 'a\u2066b', 'a\\u2066b'],
  ['a zero-width joiner', 'a\u200db', 'a\\u200db'],
  ['a character HFS+ ignores', '.g\u206ait', '.g\\u206ait'],
  ['a byte order mark', '\ufeffa', '\\ufeffa'],
  ['a soft hyphen', 'a\u00adb', 'a\\xadb'],
  ['a tag character', 'a\u{e0041}b', 'a\\u{e0041}b'],
  ['half a surrogate pair', 'a\ud800b', 'a\\ud800b'],
])('printable shows %s instead of sending it', (_, text, shown) => {
  expect(printable(text)).toBe(shown)
})

test.each(['churn', 'Über-Modell', '模型', 'naïve café', 'a😀b', "it's", '\\x1b'])(
  'printable leaves %j as it is',
  (text) => {
    expect(printable(text)).toBe(text)
    expect(hiddenCharacterAt(text)).toBeUndefined()
  },
)

test('printable leaves no control, format or surrogate code point of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(printable(text)).not.toMatch(/\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u)
      expect(hiddenCharacterAt(printable(text))).toBeUndefined()
    }),
    { numRuns: 1_000 },
  )
})

test('hiddenCharacterAt tells the position in UTF-16 units', () => {
  expect(hiddenCharacterAt('weights\u202egpj.bin')).toBe(7)
  expect(hiddenCharacterAt('😀\u0000')).toBe(2)
})

test('quoted cuts long text and still shows what is hidden', () => {
  expect(quoted('a\nb')).toBe("'a\\x0ab'")
  expect(quoted('x'.repeat(1_000_000))).toBe(`'${'x'.repeat(200)}…'`)
})
