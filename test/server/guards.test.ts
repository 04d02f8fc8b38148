/**
 * Who is answered: every route against every mixture of who might ask. There is no success where none is allowed.
 */
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { ROUTES } from '../../src/server/routes.ts'
import type { Route } from '../../src/server/routes.ts'
import { startUi } from '../support/ui-server.ts'
import type { UiServer } from '../support/ui-server.ts'
import { makeChurnWorld, train } from '../support/world.ts'

let ui: UiServer

/** A server of its own for the test. */
async function serve(): Promise<void> {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.9, loss: 0.4 })
  expect(world.mlv('commit', '-m', 'first').exitCode).toBe(0)
  // Looks at the repository seldom: these are requests by the thousand.
  ui = await startUi(world.folder, { lookEveryMs: 60_000 })
}

type Choice = readonly [name: string, value: (() => string) | undefined, isAllowed: boolean]

const HOSTS: readonly Choice[] = [
  ['127.0.0.1', () => `127.0.0.1:${ui.port}`, true],
  ['localhost', () => `localhost:${ui.port}`, true],
  ['a name that leads here', () => `127.0.0.1.nip.io:${ui.port}`, false],
  ['a final dot', () => `localhost.:${ui.port}`, false],
  ['another port', () => `127.0.0.1:${ui.port + 1}`, false],
  ['IPv6', () => `[::1]:${ui.port}`, false],
]

const ORIGINS: readonly Choice[] = [
  ['no origin', undefined, true],
  ['own origin', () => `http://127.0.0.1:${ui.port}`, true],
  ['null origin', () => 'null', false],
  ['evil origin', () => 'https://evil.example', false],
  ['another port', () => `http://127.0.0.1:${ui.port + 1}`, false],
]

const SITES: readonly (readonly [name: string, value: string | undefined, isRead: boolean, isWrite: boolean])[] = [
  ['no browser', undefined, true, true],
  ['same origin', 'same-origin', true, true],
  ['typed', 'none', true, false],
  ['same site', 'same-site', false, false],
  ['cross site', 'cross-site', false, false],
]

const COOKIES: readonly Choice[] = [
  ['no cookie', undefined, false],
  ['wrong cookie', () => `${ui.cookie.slice(0, -1)}_`, false],
  ['right cookie', () => `other=1; ${ui.cookie}; mlv-theme=dark`, true],
]

const TOKENS: readonly Choice[] = [
  ['no token', undefined, false],
  ['wrong token', () => `${ui.writeToken}x`, false],
  ['right token', () => ui.writeToken, true],
]

const GUARDED: ReadonlySet<number> = new Set([401, 403, 421])

test('there are routes of every kind', () => {
  expect(new Set(ROUTES.map(({ guard }) => guard))).toEqual(new Set(['page', 'read', 'write']))
  expect(ROUTES.filter(({ method, guard }) => (method === 'POST') !== (guard === 'write'))).toEqual([])
})

test('every route answers those it may, and nobody else', async () => {
  await serve()
  const surprises: string[] = []
  let asked = 0
  for (const route of ROUTES) {
    const wishes = wishesFor(route)
    expect(wishes.filter(({ isAllowed }) => isAllowed).length).toBeGreaterThan(5)
    asked += wishes.length
    await inTurns(wishes, async (wish) => {
      const status = await statusOf(route, wish.headers)
      if (!GUARDED.has(status) !== wish.isAllowed) surprises.push(`${route.path}: ${wish.name}: ${status}`)
    })
  }
  expect(surprises).toEqual([])
  expect(asked).toBeGreaterThan(10_000)
  expect(ui.bugs).toEqual([])
}, 60_000)

/** Eight at a time. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = [...items]
  const turn = async (): Promise<void> => {
    for (let item = rest.pop(); item !== undefined; item = rest.pop()) await work(item)
  }
  await Promise.all(Array.from({ length: 8 }, turn))
}

interface Wish {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  readonly isAllowed: boolean
}

/** Every mixture; tokens are for writing alone. */
function wishesFor({ guard }: Route): readonly Wish[] {
  const isWrite = guard === 'write'
  const tokens = isWrite ? TOKENS : TOKENS.slice(0, 1).map(([name, value]): Choice => [name, value, true])
  return HOSTS.flatMap(([hostName, host, isHost]) =>
    ORIGINS.flatMap(([originName, origin, isOrigin]) =>
      SITES.flatMap(([siteName, site, isRead, isWritten]) =>
        COOKIES.flatMap(([cookieName, cookie, isCookie]) =>
          tokens.map(([tokenName, token, isToken]): Wish => {
            return {
              name: [hostName, originName, siteName, cookieName, tokenName].join(', '),
              headers: {
                ...header('host', host?.()),
                ...header('origin', origin?.()),
                ...header('sec-fetch-site', site),
                ...header('cookie', cookie?.()),
                ...header('x-mlv-token', token?.()),
              },
              isAllowed: isHost && isOrigin && (isWrite ? isWritten : isRead) && isCookie && isToken,
            }
          }),
        ),
      ),
    ),
  )
}

function header(name: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [name]: value }
}

async function statusOf({ method, path }: Route, headers: Readonly<Record<string, string>>): Promise<number> {
  const target = path.replace(':id', '@').replace(':name', 'churn')
  if (path !== 'api/events') return (await ui.ask(`${ui.base}/${target}`, { method, headers })).status
  const answer = await ui.open(target, { cookie: '', ...headers })
  answer.destroy()
  return answer.statusCode ?? 0
}

test('a link lets in whoever has it, once, from wherever it is opened', async () => {
  await serve()
  const ask = (headers = {}, method = 'GET') => ui.ask(link.pathname + link.search, { headers, method })
  const link = new URL(ui.issueLink())

  expect((await ask({ host: `evil.example:${ui.port}` })).status).toBe(421)
  expect((await ask({}, 'POST')).status).toBe(405)

  const first = await ask({ 'sec-fetch-site': 'cross-site', origin: 'null' })
  expect(first.status).toBe(200)
  expect(first.headers['set-cookie']).toEqual([
    expect.stringMatching(/^mlv-ui=[\w-]{43}; Path=\/s\/[\w-]{22}\/; HttpOnly; SameSite=Strict$/),
  ])

  const second = await ask()
  expect([second.status, second.headers['set-cookie']]).toEqual([401, undefined])
  for (const query of ['', '?token=', '?token=x', '?token=undefined', '?token=a&token=b']) {
    const { status, headers } = await ui.ask(`/enter${query}`)
    expect([query, status, headers['set-cookie']]).toEqual([query, query.includes('&') ? 400 : 401, undefined])
  }
})

const PAGES = { accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8' }

test('a link that was used leads the browser it let in back to its pages, and lets in no other', async () => {
  await serve()
  const link = new URL(ui.issueLink())
  const open = (target: string, headers = {}) => ui.ask(target, { headers: { ...PAGES, ...headers } })
  expect((await open(link.pathname + link.search)).status).toBe(200)

  const again = await open(link.pathname + link.search)
  expect([again.status, again.headers['set-cookie']]).toEqual([401, undefined])
  expect(again.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(again.body.toString()).toContain(`<meta http-equiv="refresh" content="0;url=${ui.base}/">`)

  // Where it leads the cookie decides, and a browser without one goes nowhere.
  expect((await open(`${ui.base}/`, { cookie: ui.cookie, 'sec-fetch-site': 'same-origin' })).status).toBe(200)
  const other = await open(`${ui.base}/`, { 'sec-fetch-site': 'same-origin' })
  expect([other.status, other.body.toString().includes('refresh')]).toEqual([401, false])
  expect(other.body.toString()).toContain('run &#39;mlv ui&#39; again')

  // A token that let nobody in tells nothing of the folder, and a program nothing at all.
  for (const query of ['', '?token=x', `${link.search}x`]) {
    const { status, body } = await open(`/enter${query}`)
    expect([query, status, body.toString().includes('/s/')]).toEqual([query, 401, false])
  }
  const program = await ui.ask(link.pathname + link.search)
  expect(program.headers['content-type']).toBe('application/json; charset=utf-8')
  expect(program.body.toString()).not.toContain('/s/')
})

test('the script that leads on is for anybody, and knows nothing', async () => {
  await serve()
  const found = await ui.ask('/enter.js')
  expect([found.status, found.headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8'])
  expect(found.body.toString()).not.toMatch(/\/s\/|token/)
  expect((await ui.ask('/enter.js', { headers: { host: 'evil.example' } })).status).toBe(421)
  expect((await ui.ask('/enter.js', { method: 'POST' })).status).toBe(401)
})

test('nothing is outside the folder that only the cookie knows', async () => {
  await serve()
  const headers = { cookie: ui.cookie }
  const targets = [
    '/',
    '/api/runs',
    '/s/x/api/runs',
    `${ui.base}x/api/runs`,
    ui.base,
    '/enter/',
    `/${ui.base}/api/runs`,
  ]
  const answers = await Promise.all(targets.map(async (target) => (await ui.ask(target, { headers })).status))
  expect(answers).toEqual([404, 404, 404, 404, 404, 404, 400])
})

const RAW: readonly (readonly [what: string, text: string, status: string | undefined])[] = [
  ['no host', 'GET / HTTP/1.1\r\n\r\n', '400'],
  ['no host, as of old', 'GET / HTTP/1.0\r\n\r\n', '421'],
  ['two hosts', 'GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nHost: evil.example\r\n\r\n', '421'],
  ['a whole address', 'GET http://127.0.0.1:PORT/ HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n', '400'],
  ['the address of another', 'GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n', '421'],
  ['a tunnel', 'CONNECT evil.example:80 HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n', undefined],
  ['a socket', 'GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n', '401'],
  ['another protocol', '\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n', '400'],
  ['a long header', `GET / HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '431'],
]

test('what is no request of a browser gets nothing', async () => {
  await serve()
  for (const [what, text, status] of RAW) {
    const answer = await rawAnswer(text.replaceAll('PORT', String(ui.port)))
    expect([what, /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]]).toEqual([what, status])
  }
})

/** What a server says to these bytes before it ends the connection, or for as long as it takes to say something. */
function rawAnswer(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(ui.port, '127.0.0.1', () => socket.write(text, 'latin1'))
    let answer = ''
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      socket.destroy()
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      resolve(answer)
    })
  })
}
