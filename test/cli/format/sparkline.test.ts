/** Curves of one line, and signs for terminals that show ASCII alone. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asciiText, isAsciiTerminal } from '../../../cli/format/ascii.ts'
import { displayWidth } from '../../../cli/format/display-width.ts'
import { renderLine, styled } from '../../../cli/format/line.ts'
import { sparklineText } from '../../../cli/format/sparkline.ts'

test.each([
  [[0, 1, 2, 3, 4, 5, 6, 7], '▁▂▃▄▅▆▇█'],
  [[7, 0, 7], '█▁█'],
  [[5, 5, 5], '▄▄▄'],
  [[1, NaN, 2], '▁×█'],
  [[NaN, NaN], '××'],
  [[], ''],
  [[-Number.MAX_VALUE, 0, Number.MAX_VALUE], '▁▅█'],
  [[0, Number.MIN_VALUE], '▁█'],
])('%j is %s', (values, text) => {
  expect(sparklineText(values)).toBe(text)
})

test('a curve has one character a value, the greatest of them the highest: law', () => {
  fc.assert(
    fc.property(fc.array(fc.double(), { maxLength: 40 }), (values) => {
      const text = sparklineText(values)
      expect(text).toMatch(/^[▁▂▃▄▅▆▇█×]*$/)
      expect(displayWidth(text)).toBe(values.length)
    }),
  )
})

test('ASCII keeps the width, and leaves what people wrote as it is', () => {
  const drawn = 'loss ↓ 0.1★ ▁▂▃▄▅▆▇█× ⠁⠤⣿ ✓ ● … größe 表'
  expect(asciiText(drawn)).toBe("loss v 0.1* .:-=+*#@x '.| + > ~ größe 表")
  expect(displayWidth(asciiText(drawn))).toBe(displayWidth(drawn))
  expect(renderLine([styled('good', '★')], { hasColor: true, isActionsLog: false, isAscii: true })).toBe(
    '\u001b[32m*\u001b[39m',
  )
})

test.each([
  [{}, false],
  [{ TERM: 'xterm-256color', LANG: 'de_DE.UTF-8' }, false],
  [{ TERM: 'dumb', LANG: 'de_DE.UTF-8' }, true],
  [{ TERM: 'linux' }, true],
  [{ LANG: 'C' }, true],
  [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, true],
  [{ LC_ALL: '', LC_CTYPE: 'C.utf8', LANG: 'C' }, false],
])('a terminal with %j shows ASCII alone: %s', (variables, isAscii) => {
  expect(isAsciiTerminal(variables)).toBe(isAscii)
})
