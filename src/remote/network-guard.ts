/**
 * Keeps servers from sending this machine to what is inside its network (row S1): an address is judged in the look-up
 * of the very connection that uses it, so nothing can change between the check and the use.
 *
 * Only hosts that a server named are judged. What the user named may be anywhere: most git servers of companies are on
 * private networks.
 */
import { lookup } from 'node:dns'
import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import type { buildConnector, Dispatcher } from 'undici'
import { leastTrusted, mayName, reachOfAddress, reachOfHost } from '../base/ip-address.ts'
import type { Reach } from '../base/ip-address.ts'
import { printable } from '../base/printable.ts'
import { isFailure, refuse } from '../domain/failure.ts'
import type { Failure } from '../domain/failure.ts'

/** The network as requests see it; tests have one of their own. */
export interface Network {
  readonly lookup: LookupFunction
  /** `undefined` for what is no IP address. */
  readonly reachOf: (address: string) => Reach | undefined
}

/** The network of this machine, by its own resolver. */
export const machineNetwork: Network = {
  lookup: (host, options, callback) => {
    lookup(host, options, callback)
  },
  reachOf: reachOfAddress,
}

/** How far inside a request may go: anywhere, or where a server with this reach may send us. */
export type Limit = 'anywhere' | Reach

/** A server that named another place. */
export interface Namer {
  readonly origin: string
  /** Under which limit it was asked: it may name itself again. */
  readonly limit: Limit
  /** Where it is; of a server behind a proxy, what its address says, else `public`. */
  readonly reach: Reach
}

/** Opens connections under limits. */
export interface NetworkGuard {
  /**
   * How far a request may go. A name is judged when it is looked up, which a proxy does for us.
   *
   * @throws `address-private` for an address that the namer may not name
   */
  readonly limitFor: (url: URL, namedBy: Namer | undefined) => Limit
  /** The connections for a limit: one that was opened under a wider limit is not used under a narrower one. */
  readonly dispatcher: (limit: Limit) => Promise<Dispatcher>
  readonly namer: (url: URL, limit: Limit) => Namer
  readonly close: () => Promise<void>
}

/** What a guard is made with. */
export interface GuardOptions {
  readonly network: Network
  /** Origins that a person said may be named by a server, wherever they are. */
  readonly trustedOrigins: ReadonlySet<string>
  readonly connectMs: number
}

/**
 * Makes a guard; `open` makes a pool of connections from a way to connect. The library that connects is loaded by the
 * first request: most commands send none.
 */
export function networkGuard(
  { network, trustedOrigins, connectMs }: GuardOptions,
  open: (connect: buildConnector.connector) => Promise<Dispatcher>,
): NetworkGuard {
  const pools = new Map<Limit, Promise<Dispatcher>>()
  const reached = new Map<string, Reach>()
  const reachOf = (host: string): Reach | undefined => network.reachOf(bare(host)) ?? reachOfHost(host)
  const note = (origin: string, address: string | undefined): void => {
    const reach = address === undefined ? undefined : network.reachOf(address)
    if (reach !== undefined) reached.set(origin, leastTrusted(reach, reached.get(origin) ?? reach))
  }
  return {
    limitFor: (url, namedBy) => {
      if (namedBy === undefined || trustedOrigins.has(url.origin)) return 'anywhere'
      if (namedBy.origin === url.origin) return namedBy.limit
      const reach = reachOf(url.hostname)
      if (reach !== undefined && !mayName(namedBy.reach, reach)) throw refusal(url.origin, bare(url.hostname))
      return namedBy.reach
    },
    dispatcher: (limit) => {
      const pool = pools.get(limit) ?? connectorFor(network, limit, connectMs, note).then(open)
      pools.set(limit, pool)
      return pool
    },
    namer: ({ origin, hostname }, limit) => {
      return { origin, limit, reach: reachOf(hostname) ?? reached.get(origin) ?? 'public' }
    },
    close: async () => {
      for (const pool of pools.values()) await (await pool).close()
    },
  }
}

/** A server that was not reached over HTTP, such as one asked over ssh, as a namer. */
export async function namerByHost(host: string, network: Network = machineNetwork): Promise<Namer> {
  const reach = reachOfHost(host) ?? (await reachByName(host, network))
  return { origin: '', limit: reach, reach }
}

function reachByName(host: string, { lookup: find, reachOf }: Network): Promise<Reach> {
  return new Promise((resolve) => {
    find(host, { all: true }, (error, found) => {
      // A host that only ssh can find is as far away as any.
      const reaches = error === null ? allOf(found).map(({ address }) => reachOf(address) ?? 'public') : []
      resolve(reaches.length === 0 ? 'public' : reaches.reduce(leastTrusted))
    })
  })
}

async function connectorFor(
  network: Network,
  limit: Limit,
  timeout: number,
  note: (origin: string, address: string | undefined) => void,
): Promise<buildConnector.connector> {
  const { buildConnector } = await import('undici')
  const connect = buildConnector({ timeout, lookup: lookupWithin(network, limit) })
  return (options, callback) => {
    const origin = `${options.protocol}//${options.host ?? ''}`
    connect(options, (...ended: Parameters<typeof callback>) => {
      const [error, socket] = ended
      note(origin, socket?.remoteAddress)
      // The look-up knows the name only.
      if (isFailure(error, 'address-private')) callback(refusal(origin, error.detail.data.address), null)
      else callback(...ended)
    })
  }
}

/** A look-up that gives only addresses within the limit, and fails when none is left. */
function lookupWithin({ lookup: find, reachOf }: Network, limit: Limit): LookupFunction {
  if (limit === 'anywhere') return find
  return (host, options, callback) => {
    find(host, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, [])
      const all = allOf(found)
      const [first, ...others] = all.filter(({ address }) => mayName(limit, reachOf(address) ?? 'nowhere'))
      if (first === undefined) return callback(refusal(host, all[0]?.address ?? ''), [])
      if (options.all === true) callback(null, [first, ...others])
      else callback(null, first.address, first.family)
    })
  }
}

function allOf(found: string | readonly LookupAddress[]): readonly LookupAddress[] {
  return typeof found === 'string' ? [{ address: found, family: isIP(found) }] : found
}

function refusal(origin: string, address: string): Failure {
  return refuse('address-private', { host: printable(origin), address: printable(address) })
}

function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1')
}
