/**
 * Addresses of stores: what reads back the same, and what is refused because it is not what it seems.
 */
import { expect, test } from 'vitest'
import { parseStoreAddress, storeAddressText } from '../../src/domain/store-address.ts'
import { verdictOn } from '../support/refusal.ts'

test.each([
  'dir:/mnt/team/models',
  'dir:C:\\models',
  's3://bucket',
  's3://bucket/team/churn',
  's3://bucket/team?endpoint=https://s3.example:9000&region=eu-central-1',
])('%s reads back the same', (text) => {
  expect(storeAddressText(parseStoreAddress(text))).toBe(text)
})

test.each([
  'dir:models',
  'dir:/srv/../etc',
  'dir://host/share',
  'dir:\\\\host\\share',
  'dir:/srv/\u202emodels',
  'file:///etc',
  's3://bucket/../other',
  's3://bucket/a/./b',
  's3://bucket/%2e%2e/other',
  's3://bucket/a b',
  's3://key:secret@bucket',
  's3://bucket:9000/x',
  's3://bucket/x#y',
  's3://bucket?endpoint=file:///etc',
  's3://bucket?endpoint=https://key:secret@s3.example',
  's3://bucket?region=eu.evil.example/',
  's3://bucket?profile=admin',
])('%s is refused', (text) => {
  expect(verdictOn(() => parseStoreAddress(text))).toBe('store-address-invalid')
})
