/**
 * Where addresses lead, however they are written, and who may send us there.
 */
import { BlockList, isIP } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leastTrusted, mayName, reachOfAddress, reachOfHost } from '../../src/base/ip-address.ts'
import type { Reach } from '../../src/base/ip-address.ts'

test.each<[string, Reach | undefined]>([
  ['1.2.3.4', 'public'],
  ['2606:4700::1111', 'public'],
  ['::8.8.8.8', 'public'],
  ['127.0.0.1', 'loopback'],
  ['127.255.0.9', 'loopback'],
  ['0.0.0.0', 'loopback'],
  ['::', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:7f00:1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['10.0.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.0', 'public'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['fd12:3456::1', 'private'],
  ['::ffff:10.1.2.3', 'private'],
  ['2002:0a00:0001::', 'private'],
  ['169.254.169.254', 'machine-service'],
  ['168.63.129.16', 'machine-service'],
  ['100.100.100.200', 'machine-service'],
  ['fd00:ec2::254', 'machine-service'],
  ['fe80::1%eth0', 'machine-service'],
  ['64:ff9b::a9fe:a9fe', 'machine-service'],
  ['224.0.0.1', 'nowhere'],
  ['255.255.255.255', 'nowhere'],
  ['ff02::1', 'nowhere'],
  ['203.0.113.9', 'nowhere'],
  ['', undefined],
  ['1.2.3', undefined],
  ['01.2.3.4', undefined],
  ['1.2.3.256', undefined],
  ['1:2:3:4:5:6:7:8:9', undefined],
  ['1:2:3:4:5:6:7', undefined],
  ['1::2::3', undefined],
  ['1:2:3:4::5:6:7:8', undefined],
  ['g::1', undefined],
  ['git.example', undefined],
])('%j leads to %s', (text, reach) => {
  expect(reachOfAddress(text)).toBe(reach)
})

test.each<[string, Reach | undefined]>([
  ['http://2130706433/', 'loopback'],
  ['http://a@127.1/', 'loopback'],
  ['http://0x7f.1/', 'loopback'],
  ['http://0/', 'loopback'],
  ['http://127.0.0.1./', 'loopback'],
  ['http://[::ffff:7f00:1]/', 'loopback'],
  ['http://LOCALHOST./', 'loopback'],
  ['http://evil.localhost/', 'loopback'],
  ['http://0xA9FEA9FE/', 'machine-service'],
  ['http://127.0.0.1.nip.io/', undefined],
])('the host of %s leads to %s', (url, reach) => {
  expect(reachOfHost(new URL(url).hostname)).toBe(reach)
})

test('a text is an address here exactly when Node takes it for one, and private where its lists say so', () => {
  const lists = new BlockList()
  lists.addSubnet('10.0.0.0', 8)
  lists.addSubnet('172.16.0.0', 12)
  lists.addSubnet('192.168.0.0', 16)
  const parts = fc.constantFrom('0', '1', '10', '127', '172', '16', '255', '256', 'ffff', 'a9fe', 'fe80', '', ':', '00')
  const loose = fc.array(fc.tuple(parts, fc.constantFrom('.', ':', '::')), { maxLength: 9 })
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    loose.map((found) => found.flat().join('').replace(/[.:]$/, '')),
  )
  fc.assert(
    fc.property(text, (address) => {
      expect(reachOfAddress(address) !== undefined).toBe(isIP(address) !== 0)
      if (isIP(address) === 4 && lists.check(address)) expect(reachOfAddress(address)).toBe('private')
    }),
    { numRuns: 500 },
  )
})

test('a server may name what is further out, or as near as itself, and never what is nearer', () => {
  const reaches = ['public', 'private', 'loopback', 'machine-service', 'nowhere'] as const
  const allowed = reaches.map((namer) => [namer, reaches.filter((named) => mayName(namer, named))])
  expect(Object.fromEntries(allowed)).toEqual({
    public: ['public'],
    private: ['public', 'private'],
    loopback: ['public', 'private', 'loopback'],
    'machine-service': ['public', 'machine-service'],
    nowhere: ['public'],
  })
  expect(leastTrusted('loopback', 'public')).toBe('public')
  expect(leastTrusted('private', 'loopback')).toBe('private')
})
