/**
 * How far an IP address reaches: a server of the internet, a machine of one's own network, or the machine itself.
 *
 * Ranges are those of the registries of special addresses (RFC 6890 and its updates), besides the few addresses where
 * clouds answer their own machines with secrets.
 */

/**
 * Where an address leads.
 *
 * `machine-service` is what only the machine itself should ask: link-local addresses and the metadata of clouds.
 * `nowhere` is what no server has: multicast, broadcast and reserved ranges.
 */
export type Reach = 'public' | 'private' | 'loopback' | 'machine-service' | 'nowhere'

type Range = readonly [base: string, prefixBits: number, reach: Reach]

const V4_RANGES: readonly Range[] = [
  // Azure's and Alibaba's own answers to their machines are outside the link-local range.
  ['168.63.129.16', 32, 'machine-service'],
  ['100.100.100.200', 32, 'machine-service'],
  ['169.254.0.0', 16, 'machine-service'],
  // A connection to "this host on this network" ends at this machine.
  ['0.0.0.0', 8, 'loopback'],
  ['127.0.0.0', 8, 'loopback'],
  ['10.0.0.0', 8, 'private'],
  ['172.16.0.0', 12, 'private'],
  ['192.168.0.0', 16, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['192.0.0.0', 24, 'private'],
  ['198.18.0.0', 15, 'private'],
  ['192.0.2.0', 24, 'nowhere'],
  ['198.51.100.0', 24, 'nowhere'],
  ['203.0.113.0', 24, 'nowhere'],
  ['224.0.0.0', 3, 'nowhere'],
]

const V6_RANGES: readonly Range[] = [
  // Amazon's metadata.
  ['fd00:ec2::254', 128, 'machine-service'],
  ['fe80::', 10, 'machine-service'],
  ['::', 127, 'loopback'],
  ['fc00::', 7, 'private'],
  ['fec0::', 10, 'private'],
  ['100::', 64, 'nowhere'],
  ['2001:db8::', 32, 'nowhere'],
  ['ff00::', 8, 'nowhere'],
]

/** Ranges that carry an address of version 4 in them: prefix, its bits, and how many bits are behind that address. */
const EMBEDDING: readonly (readonly [base: string, prefixBits: number, behindBits: number])[] = [
  ['::ffff:0:0', 96, 0],
  ['::', 96, 0],
  ['64:ff9b::', 96, 0],
  ['2002::', 16, 80],
]

const V4_PART = /^(?:0|[1-9][0-9]{0,2})$/
const V6_GROUP = /^[0-9a-f]{1,4}$/i

/** Tells where an address leads; `undefined` for a text that is no IP address. A zone (`%eth0`) is left aside. */
export function reachOfAddress(text: string): Reach | undefined {
  const v4 = v4Value(text)
  if (v4 !== undefined) return reachOfV4(v4)
  const v6 = v6Value(text.replace(/%.*$/, ''))
  return v6 === undefined ? undefined : reachOfV6(v6)
}

/**
 * Tells where the host of a URL leads as far as its spelling tells, `[...]` or not; `undefined` for a name that has to
 * be looked up. Hosts must be as a URL parser leaves them: it has made `127.1` and `2130706433` into addresses.
 */
export function reachOfHost(host: string): Reach | undefined {
  const name = host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
  // RFC 6761, 6.3: never anything but this machine, whoever answers for the name.
  if (/(?:^|\.)localhost$/i.test(name)) return 'loopback'
  return reachOfAddress(name)
}

/**
 * Whether a server that is itself at `namer` may send us on to `named`: outwards, or within its own kind of network,
 * never further inwards than it is.
 */
export function mayName(namer: Reach, named: Reach): boolean {
  if (named === 'public' || named === namer) return named !== 'nowhere'
  return namer === 'loopback' && named === 'private'
}

/** The reach that is trusted with less: of a name with several addresses, the whole name is only as near as this. */
export function leastTrusted(one: Reach, other: Reach): Reach {
  return TRUST.indexOf(one) <= TRUST.indexOf(other) ? one : other
}

const TRUST: readonly Reach[] = ['nowhere', 'public', 'machine-service', 'private', 'loopback']

function reachOfV4(value: bigint): Reach {
  const found = V4_RANGES.find(([base, prefixBits]) => isWithin(value, v4Value(base) ?? 0n, 32 - prefixBits))
  return found?.[2] ?? 'public'
}

function reachOfV6(value: bigint): Reach {
  const found = V6_RANGES.find(([base, prefixBits]) => isWithin(value, v6Value(base) ?? 0n, 128 - prefixBits))
  if (found !== undefined) return found[2]
  const carrier = EMBEDDING.find(([base, prefixBits]) => isWithin(value, v6Value(base) ?? 0n, 128 - prefixBits))
  return carrier === undefined ? 'public' : reachOfV4((value >> BigInt(carrier[2])) & 0xffff_ffffn)
}

function isWithin(value: bigint, base: bigint, hostBits: number): boolean {
  return value >> BigInt(hostBits) === base >> BigInt(hostBits)
}

function v4Value(text: string): bigint | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => V4_PART.test(part) && Number(part) < 256)) return undefined
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n)
}

function v6Value(text: string): bigint | undefined {
  const halves = text.split('::')
  // An address of version 4 can only be the end.
  if (halves.length > 2 || !text.includes(':') || /\..*:/.test(text)) return undefined
  const known = halves.map((half) => groupsOf(half))
  const [head = [], tail = []] = known
  const missing = 8 - head.length - tail.length
  if (known.includes(undefined) || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined
  const groups = [...head, ...Array.from({ length: missing }, () => 0n), ...tail]
  return groups.reduce((value, group) => (value << 16n) | group, 0n)
}

/** Groups of sixteen bits, of which the last two may be written as an address of version 4. */
function groupsOf(half: string): readonly bigint[] | undefined {
  if (half === '') return []
  const parts = half.split(':')
  const v4 = v4Value(parts.at(-1) ?? '')
  const plain = v4 === undefined ? parts : parts.slice(0, -1)
  if (!plain.every((part) => V6_GROUP.test(part))) return undefined
  const groups = plain.map((part) => BigInt(`0x${part}`))
  return v4 === undefined ? groups : [...groups, v4 >> 16n, v4 & 0xffffn]
}
