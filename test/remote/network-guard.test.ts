/**
 * Row S1: a server may send this machine outwards, or within its own kind of network, never further inside. The network
 * is made up, on loopback: 127.0.0.2 stands for an address of the internet, 127.0.0.3 for one of a private network.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { reachOfAddress } from '../../src/base/ip-address.ts'
import { openHttp } from '../../src/remote/http.ts'
import type { Http } from '../../src/remote/http.ts'
import { namerByHost } from '../../src/remote/network-guard.ts'
import type { Network } from '../../src/remote/network-guard.ts'
import { refusedWith } from '../support/refusal.ts'

const [PUBLIC, PRIVATE] = ['127.0.0.2', '127.0.0.3']

interface Served {
  readonly port: number
  readonly asked: string[]
}

/** Answers everywhere on loopback: `/to?URL` redirects, all else is 200. */
async function serve(): Promise<Served> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.socket.localAddress ?? ''} ${request.url ?? ''}`)
    const [path, target = ''] = (request.url ?? '').split('?')
    if (path === '/to') response.writeHead(307, { location: decodeURIComponent(target) })
    else response.writeHead(200)
    response.end('secret')
  })
  server.listen(0, '0.0.0.0')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, asked }
}

/** Names and what they lead to; a list of lists gives one answer after the other. */
function networkOf(names: Readonly<Record<string, readonly (readonly string[])[]>>): Network & { lookups: string[] } {
  const lookups: string[] = []
  return {
    lookups,
    lookup: (host, options, callback) => {
      const answers = names[host] ?? []
      const before = lookups.filter((one) => one === host).length
      lookups.push(host)
      const found = (answers[Math.min(before, answers.length - 1)] ?? []).map((address) => ({ address, family: 4 }))
      if (options.all === true) callback(null, found)
      else callback(null, found[0]?.address ?? '', 4)
    },
    reachOf: (address) => {
      if (address === PUBLIC) return 'public'
      return address === PRIVATE ? 'private' : reachOfAddress(address)
    },
  }
}

function client(network: Network, trustedOrigins: ReadonlySet<string> = new Set()): Http {
  const http = openHttp({}, { network, trustedOrigins })
  onTestFinished(() => http.close())
  return http
}

function ask(http: Http, url: string, more: Pick<Parameters<Http['send']>[0], 'namedBy'> = {}) {
  return http.send({ method: 'GET', url: new URL(url), headers: {}, ...more })
}

test('a server of the internet may not redirect to an address inside, however it is written', async () => {
  const { port, asked } = await serve()
  const network = networkOf({ 'git.example': [[PUBLIC]], 'inside.example': [[PRIVATE]] })
  const inside = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    'a@127.1',
    '0.0.0.0',
    'localhost',
    'evil.localhost',
    '[::1]',
    '[::ffff:7f00:1]',
    '10.0.0.1',
    '169.254.169.254',
    '[::ffff:a9fe:a9fe]',
    '[fd00:ec2::254]',
    'inside.example',
  ]
  for (const host of inside) {
    const http = client(network)
    const target = encodeURIComponent(`http://${host}:${port}/secret`)
    const refusal = await refusedWith(ask(http, `http://git.example:${port}/to?${target}`))
    expect([host, refusal.code]).toEqual([host, 'address-private'])
  }
  expect(asked.every((line) => line.startsWith(`${PUBLIC} /to`))).toBe(true)
})

test('what the user named may be anywhere; a private server may name its own network, not this machine', async () => {
  const { port, asked } = await serve()
  const network = networkOf({ 'gitlab.corp': [[PRIVATE]], 'minio.corp': [[PRIVATE]], 'cdn.example': [[PUBLIC]] })
  const http = client(network)
  expect((await ask(http, `http://127.0.0.1:${port}/typed`)).status).toBe(200)
  for (const named of ['minio.corp', 'cdn.example', 'gitlab.corp']) {
    expect((await ask(http, `http://gitlab.corp:${port}/to?http://${named}:${port}/${named}`)).status).toBe(200)
  }
  expect(asked).toContain(`${PRIVATE} /minio.corp`)
  expect(asked).toContain(`${PUBLIC} /cdn.example`)
  const refusal = await refusedWith(ask(http, `http://gitlab.corp:${port}/to?http://127.0.0.1:${port}/secret`))
  expect(refusal.code).toBe('address-private')
})

test('each hop counts: what a server outside names is outside, whoever named that server', async () => {
  const { port } = await serve()
  const network = networkOf({ 'gitlab.corp': [[PRIVATE]], 'evil.example': [[PUBLIC]], 'minio.corp': [[PRIVATE]] })
  const last = `http://minio.corp:${port}/secret`
  const second = `http://evil.example:${port}/to?${last}`
  const first = `http://gitlab.corp:${port}/to?${encodeURIComponent(second)}`
  expect((await refusedWith(ask(client(network), first))).code).toBe('address-private')
})

test('a name that changes between two look-ups is judged in the one that connects', async () => {
  const { port, asked } = await serve()
  const network = networkOf({ 'git.example': [[PUBLIC]], 'rebind.example': [[PUBLIC], [PRIVATE]] })
  const url = `http://git.example:${port}/to?http://rebind.example:${port}/x`
  const http = client(network)
  const first = await ask(http, url)
  expect(await first.text(100)).toBe('secret')
  // The name leads inside from now on: a new client, and so a new connection, is refused; the address is the first's.
  expect((await refusedWith(ask(client(network), url))).code).toBe('address-private')
  expect(network.lookups.filter((name) => name === 'rebind.example')).toHaveLength(2)
  expect(asked.some((line) => line.startsWith(PRIVATE))).toBe(false)
})

test('of a name with several addresses only those outside are used', async () => {
  const { port, asked } = await serve()
  const network = networkOf({ 'git.example': [[PUBLIC]], 'both.example': [[PRIVATE, PUBLIC]] })
  await ask(client(network), `http://git.example:${port}/to?http://both.example:${port}/x`)
  expect(asked).toContain(`${PUBLIC} /x`)
  expect(asked.some((line) => line.startsWith(PRIVATE))).toBe(false)
})

test('a connection that the user opened is not lent to a server that names the same place', async () => {
  const { port, asked } = await serve()
  const network = networkOf({ 'git.example': [[PUBLIC]], 'gitlab.corp': [[PRIVATE]] })
  const http = client(network)
  await (await ask(http, `http://gitlab.corp:${port}/mine`)).drop()
  const refusal = await refusedWith(ask(http, `http://git.example:${port}/to?http://gitlab.corp:${port}/secret`))
  expect(refusal).toMatchObject({ code: 'address-private', data: { address: PRIVATE } })
  expect(asked.filter((line) => line.startsWith(PRIVATE))).toEqual([`${PRIVATE} /mine`])
})

test('a server that a person trusted may be named wherever it is', async () => {
  const { port, asked } = await serve()
  const network = networkOf({ 'git.example': [[PUBLIC]], 'minio.corp': [[PRIVATE]] })
  const http = client(network, new Set([`http://minio.corp:${port}`]))
  await ask(http, `http://git.example:${port}/to?http://minio.corp:${port}/x`)
  expect(asked).toContain(`${PRIVATE} /x`)
})

test('behind a proxy, which looks names up itself, addresses are judged as they are written', async () => {
  const { port } = await serve()
  const network = networkOf({})
  const http = openHttp({ http_proxy: 'http://127.0.0.1:9' }, { network })
  onTestFinished(() => http.close())
  const namedBy = { origin: 'http://git.example', limit: 'anywhere', reach: 'public' } as const
  expect((await refusedWith(ask(http, `http://10.0.0.1:${port}/`, { namedBy }))).code).toBe('address-private')
  expect((await refusedWith(ask(http, `http://inside.example:${port}/`, { namedBy }))).code).toBe('remote-unreachable')
  expect(network.lookups).toEqual([])
})

test('a host that only ssh knows is as far away as any', async () => {
  expect(await namerByHost('10.0.0.7')).toMatchObject({ reach: 'private', limit: 'private' })
  expect(await namerByHost('localhost')).toMatchObject({ reach: 'loopback' })
  const network = networkOf({ 'gitlab.corp': [[PRIVATE]], 'both.example': [[PRIVATE, PUBLIC]] })
  expect(await namerByHost('gitlab.corp', network)).toMatchObject({ reach: 'private' })
  expect(await namerByHost('both.example', network)).toMatchObject({ reach: 'public' })
  expect(await namerByHost('work', network)).toMatchObject({ reach: 'public' })
})
