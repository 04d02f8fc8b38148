/**
 * Requests that mean harm: paths that lead elsewhere, texts that would be markup, bodies without end, clients that hold
 * on to what they have.
 */
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { ROUTES } from '../../src/server/routes.ts'
import { startUi } from '../support/ui-server.ts'
import type { UiServer } from '../support/ui-server.ts'
import { safetensors } from '../support/compact-world.ts'
import { makeChurnWorld, train } from '../support/world.ts'
import type { World } from '../support/world.ts'

interface Failed {
  readonly error: { readonly code: string; readonly what: string; readonly why: string; readonly next: string | null }
}

function committed(message = 'first'): World {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.9, loss: 0.4 })
  expect(world.mlv('commit', '-m', message, '--artifact', 'train.py').exitCode).toBe(0)
  return world
}

// Row by row what has led out of artifact folders of other servers.
const PATHS = [
  '../../mlv.yaml',
  '%2e%2e%2f%2e%2e%2fmlv.yaml',
  '%252e%252e%252fmlv.yaml',
  '..%5cmlv.yaml',
  '%c0%ae%c0%ae/mlv.yaml',
  ';/../mlv.yaml',
  'train.py/../mlv.yaml',
  'train.py/',
  './train.py',
  '/etc/passwd',
  '//etc/passwd',
  '%00',
  'train.py%00.png',
  'C:%5cwindows%5cwin.ini',
  '~/.ssh/id_rsa',
  'file:///etc/passwd',
  'file://localhost/../etc/passwd',
  'http:///%23/../../etc/',
  'dbfs:/etc',
  'runs:/../..',
  '.git/config',
  '.GIT/config',
  'git~1/config',
  `${'a/'.repeat(80)}b`,
  'a'.repeat(5_000),
]

test('a path of an artifact leads to recorded files alone', async () => {
  const ui = await startUi(committed().folder)
  const file = (query: string) => ui.ask(`${ui.base}/api/run/@/file?${query}`, { headers: { cookie: ui.cookie } })

  expect((await file('path=train.py')).body.toString()).toBe('print("training")\n')
  for (const path of PATHS) {
    const { status, body } = await file(`path=${path}`)
    expect([path.slice(0, 40), status, body.toString().includes('"error"')]).toEqual([
      path.slice(0, 40),
      expect.toBeOneOf([400, 404]),
      true,
    ])
  }
  expect((await file('path=train.py&path=../x')).status).toBe(400)
  expect((await file('')).status).toBe(400)
  expect(ui.bugs).toEqual([])
})

test('an address that is no route is no file either', async () => {
  const ui = await startUi(committed().folder)
  const targets = [
    '/../../etc/passwd',
    '/..%2f..%2fetc/passwd',
    '/app.js/..',
    '/app.js%00',
    '/%61pp.js/',
    '/api/run/@/file/train.py',
    '/api/run//file?path=train.py',
    '/api/constructor',
    '/api/__proto__',
    '/api/run/%E0%A4%A/file',
    '/api/run/@/file?path=%',
    '/index.html',
    '/.git/config',
  ]
  for (const target of targets) {
    const { status, headers } = await ui.ask(ui.base + target, { headers: { cookie: ui.cookie } })
    expect([target, status]).toEqual([target, expect.toBeOneOf([400, 404])])
    expect(headers['content-type']).toBe('application/json; charset=utf-8')
  }
  expect(ui.bugs).toEqual([])
})

test('a refusal that a person sees as a page shows what was asked and obeys none of it', async () => {
  const ui = await startUi(committed().folder)
  const evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202e'
  const headers = { cookie: ui.cookie, accept: 'text/html' }
  const { status, headers: said, body } = await ui.ask(`${ui.base}/api/run/${encodeURIComponent(evil)}`, { headers })
  expect([status, said['content-type']]).toEqual([expect.toBeOneOf([400, 404]), 'text/html; charset=utf-8'])
  expect(said['content-security-policy']).toBe(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  expect(body.toString()).toContain('&lt;script&gt;')
  expect(body.toString()).not.toMatch(/<(?:script|img|style)|\u202e/)

  // Neither a script of a page nor a change is answered with one.
  for (const accept of ['*/*', 'application/json', 'text/event-stream', 'text/html-x']) {
    const answer = await ui.ask(`${ui.base}/api/run/nothing`, { headers: { cookie: ui.cookie, accept } })
    expect([accept, answer.headers['content-type']]).toEqual([accept, 'application/json; charset=utf-8'])
  }
  const post = await ui.ask(`${ui.base}/api/views`, { method: 'POST', headers })
  expect(post.headers['content-type']).toBe('application/json; charset=utf-8')
})

test('the name of a revision chooses no code, no path and no option of git', async () => {
  const ui = await startUi(committed().folder)
  const revisions = [
    '--help',
    '-x',
    '@{-1}',
    'HEAD:mlv.yaml',
    '../..',
    'churn@../../x',
    'best:__proto__',
    '\u0000',
    '💥',
  ]
  for (const revision of revisions) {
    for (const path of ['', '/series?metric=auc', '/output', '/file?path=train.py']) {
      const target = `${ui.base}/api/run/${encodeURIComponent(revision)}${path}`
      const { status, json } = await ui.ask(target, { headers: { cookie: ui.cookie } })
      expect([revision, path, status]).toEqual([revision, path, expect.toBeOneOf([400, 404])])
      expect((json() as Failed).error.code).not.toBe('bug')
    }
  }
  expect(ui.bugs).toEqual([])
})

const CANARY = `<img src=x onerror=alert(1)>[x](javascript:alert(1))"'=cmd()</script><script>alert(2)</script>`

test('what people wrote comes back as JSON that no browser takes for a page', async () => {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.9, loss: 0.4 })
  world.write('x.svg', `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
  world.write('page.html', CANARY)
  const canaries = ['--param', `${CANARY}=${CANARY}`, '--metric', `${CANARY.replaceAll('=', '-')}=1`]
  world.write('t.csv', `${CANARY.replaceAll(/["',]/g, '')},n\n${CANARY.replaceAll(/["',]/g, '')},1\n`)
  world.write('w.safetensors', safetensors({ [CANARY]: Float32Array.of(1) }))
  const files = ['x.svg', 'page.html', 't.csv', 'w.safetensors'].flatMap((file) => ['--artifact', file])
  expect(world.mlv('commit', '-m', CANARY, ...canaries, ...files)).toMatchObject({ exitCode: 0 })
  expect(world.mlv('note', '@', '-m', CANARY, '--name', CANARY, '--tag', CANARY)).toMatchObject({ exitCode: 0 })
  expect(world.mlv('promote', 'churn@v1', 'production', '--reason', CANARY)).toMatchObject({ exitCode: 0 })
  const ui = await startUi(world.folder)

  let seen = 0
  for (const { method, path, answer } of ROUTES) {
    if (method !== 'GET' || answer.kind !== 'json') continue
    const query =
      {
        'api/compare': '?runs=@',
        'api/diff': '?base=@&head=@',
        'api/lineage': '?of=@',
        'api/importance': '?metric=metric.auc',
        'api/values': '?field=tag',
        'api/run/:id/output/find': '?search=x',
        'api/run/:id/tensors': '?path=w.safetensors',
        'api/run/:id/table': '?path=t.csv',
        'api/run/:id/text': '?path=page.html',
        'api/tables': '?base=@&head=@&path=t.csv',
      }[path] ?? ''
    const target = `${ui.base}/${path.replace(':id', '@').replace(':name', 'churn').replace(':number', '1')}${query}`
    const { status, headers, body } = await ui.ask(target, { headers: { cookie: ui.cookie } })
    expect([path, status]).toEqual([path, 200])
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /)
    if (body.toString().includes('onerror')) seen += 1
  }
  // Where there is no canary, nothing was shown. Nine have it: lists, runs, models and what is in files.
  expect(seen).toBeGreaterThanOrEqual(9)

  for (const path of ['x.svg', 'page.html']) {
    const { headers } = await ui.ask(`${ui.base}/api/run/@/file?path=${path}`, { headers: { cookie: ui.cookie } })
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${path}"; filename*=UTF-8''${path}`,
      'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
    })
  }
})

test('a write that is no write is refused, and changes nothing', async () => {
  const world = committed()
  expect(world.mlv('promote', 'churn@v1', 'production').exitCode).toBe(0)
  const ui = await startUi(world.folder)
  const before = world.git('for-each-ref')
  const right = { cookie: ui.cookie, 'x-mlv-token': ui.writeToken }
  const json = { ...right, 'content-type': 'application/json' }
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  const wishes: readonly (readonly [status: number, headers: Readonly<Record<string, string>>, body: string])[] = [
    [415, { ...right, 'content-type': 'text/plain' }, '{}'],
    [415, { ...right, 'content-type': 'application/x-www-form-urlencoded' }, 'a=b'],
    [415, { ...json, 'content-encoding': 'gzip' }, '{}'],
    [415, right, '{}'],
    [400, json, ''],
    [400, json, '{'],
    [400, json, '[]'],
    [400, json, 'null'],
    [400, json, '{}'],
    [400, json, '{"__proto__": {"reason": "x"}}'],
    [400, json, `{"reason": ${deep}}`],
    [400, json, '{"revision": "churn@v1", "model": "churn", "alias": "production", "name": 1}'],
    [400, json, '{"revision": "churn@v1", "model": "churn", "alias": "production", "reason": " "}'],
    [413, json, JSON.stringify({ reason: 'x'.repeat(70_000) })],
  ]
  for (const route of ROUTES.filter(({ guard }) => guard === 'write')) {
    for (const [status, headers, body] of wishes) {
      const answer = await ui.ask(`${ui.base}/${route.path}`, { method: 'POST', headers, body })
      expect([route.path, body.slice(0, 60), answer.status]).toEqual([route.path, body.slice(0, 60), status])
    }
  }
  const names = ['../x', 'a/b', '.git', 'con', 'x'.repeat(200), '']
  for (const name of names) expect((await ui.post('api/views', { name, hash: '#/runs' })).status).toBe(400)
  for (const hash of ['https://evil.example', '//evil', 'javascript:alert(1)', '#', '#/a\u0000']) {
    expect((await ui.post('api/views', { name: 'mine', hash })).status).toBe(400)
  }
  expect(world.git('for-each-ref')).toBe(before)
  expect(ui.bugs).toEqual([])
})

test('clients that hold on keep nobody else waiting, and are let go', async () => {
  const ui = await startUi(committed().folder)
  const held: Socket[] = []
  const open = (): Promise<Socket> =>
    new Promise((resolve) => {
      const socket = connect(ui.port, '127.0.0.1', () => {
        resolve(socket)
      })
      socket.on('error', () => undefined)
      held.push(socket)
    })
  // Each begins a request and never ends it.
  for (let count = 0; count < 150; count += 1) (await open()).write('GET /api/runs HTTP/1.1\r\nHost: 127')
  expect(await ui.get('api/session')).toMatchObject({ isStatic: false })

  const more = await Promise.all(Array.from({ length: 150 }, open))
  const ended = await Promise.all(more.map(endedOrNot))
  expect(ended.filter((isEnded) => isEnded).length).toBeGreaterThanOrEqual(90)
  for (const socket of held) socket.destroy()
  expect(await answersAgain(ui)).toBe(true)
})

/** Whether the server ended a connection before it answered on it. */
function endedOrNot(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    socket.once('close', () => {
      resolve(true)
    })
    socket.once('data', () => {
      resolve(false)
    })
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  })
}

async function answersAgain(ui: UiServer): Promise<boolean> {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      await ui.get('api/session')
      return true
    } catch {
      // The server still counts connections that are gone.
      await new Promise((done) => setImmediate(done))
    }
  }
  return false
}
