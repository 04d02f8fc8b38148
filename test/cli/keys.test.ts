/** What a terminal sends, as keys. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keysOf } from '../../cli/keys.ts'

test.each([
  ['j', ['j']],
  ['\u001b[A\u001b[B\u001bOA', ['up', 'down', 'up']],
  ['\u001b', ['escape']],
  ['\u001b\u001b[5~', ['escape', 'page-up']],
  ['\r\n\t\u007f\b', ['enter', 'enter', 'tab', 'backspace', 'backspace']],
  ['\u0003\u001a\u000c', ['ctrl-c', 'ctrl-z', 'ctrl-l']],
  ['é💥', ['é', '💥']],
  // A click of the mouse, a pasted text in brackets, Alt with a letter: no keys of ours.
  ['\u001b[<0;1;2M\u001b[200~x\u001b[201~\u001bx', ['x']],
  ['\u0001\u0002', []],
])('%j', (text, keys) => {
  expect(keysOf(text)).toEqual(keys)
})

test('whatever is sent, no key holds a control character: law', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      for (const key of keysOf(text)) expect(key).not.toMatch(/[\u0000-\u001f\u007f]/)
    }),
  )
})
