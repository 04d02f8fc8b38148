/**
 * JSON text: order and types survive.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonText } from '../../src/base/json-text.ts'
import { isValueList, isValueMap, valueMap } from '../../src/base/value.ts'
import type { Value } from '../../src/base/value.ts'
import { readStrictJson } from '../../src/store/documents/strict-json.ts'
import { anyMap } from '../support/document-arbitraries.ts'

const value = valueMap({
  name: 'churn',
  seed: 12345678901234567890n,
  lr: 1,
  loss: NaN,
  layers: [64n, []],
  empty: new Map(),
})

test('one line keeps the order of keys', () => {
  expect(jsonText(value)).toBe(
    '{"name":"churn","seed":12345678901234567890,"lr":1.0,"loss":"NaN","layers":[64,[]],"empty":{}}',
  )
})

test('indented text is for people', () => {
  expect(jsonText(value, 2)).toMatchInlineSnapshot(`
    "{
      "name": "churn",
      "seed": 12345678901234567890,
      "lr": 1.0,
      "loss": "NaN",
      "layers": [
        64,
        []
      ],
      "empty": {}
    }"
  `)
})

test('law: what is written reads back, integers and floats apart', () => {
  fc.assert(
    fc.property(anyMap, fc.constantFrom(0, 2), (map, indent) => {
      expect(readStrictJson(jsonText(map, indent), 'file.json')).toEqual(withNamedNonFinite(map))
    }),
  )
})

function withNamedNonFinite(each: Value): Value {
  if (isValueMap(each)) return new Map([...each].map(([key, member]) => [key, withNamedNonFinite(member)]))
  if (isValueList(each)) return each.map(withNamedNonFinite)
  return typeof each === 'number' && !Number.isFinite(each) ? `${each}` : each
}
