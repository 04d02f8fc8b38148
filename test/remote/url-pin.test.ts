/**
 * Datasets that are URLs, pinned by what a server on this machine says of them.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { pinUrlDatasets } from '../../src/remote/url-pin.ts'

/** What was asked, and by whom. */
type Asked = readonly [method: string, path: string, authorization: string | undefined]

async function serve(): Promise<{ readonly origin: string; readonly asked: () => readonly Asked[] }> {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    asked.push([request.method ?? '', request.url ?? '', request.headers.authorization])
    if (request.url === '/train.csv') response.writeHead(200, { etag: '"v1-abc"', 'content-length': '1234' })
    else if (request.url === '/plain') response.writeHead(200)
    else if (request.url === '/moved') response.writeHead(302, { location: '/train.csv' })
    else response.writeHead(404)
    response.end()
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, asked: () => asked }
}

test('a URL is pinned by its entity tag, and only its headers are asked for', async () => {
  const { origin, asked } = await serve()
  const uri = `${origin}/train.csv`
  const expected = { uri, pin: { kind: 'foreign', scheme: 'etag', id: '"v1-abc"' }, sizeBytes: 1234 }
  expect(await pinUrlDatasets({}, [uri, 's3://b/k'], [{ uri }, { uri: 's3://b/k' }])).toEqual([
    expected,
    { uri: 's3://b/k' },
  ])
  expect(asked()).toEqual([['HEAD', '/train.csv', undefined]])
  const moved = `${origin}/moved`
  expect(await pinUrlDatasets({}, [moved], [{ uri: moved }])).toEqual([{ ...expected, uri: moved }])
})

test('a password in a URL goes to its server and nowhere else', async () => {
  const { origin, asked } = await serve()
  const written = `${origin.replace('//', '//ada:se%20cret@')}/train.csv`
  const [pinned] = await pinUrlDatasets({}, [written], [{ uri: `${origin}/train.csv` }])
  expect(JSON.stringify(pinned)).not.toContain('cret')
  expect(asked()).toEqual([['HEAD', '/train.csv', `Basic ${Buffer.from('ada:se cret').toString('base64')}`]])
})

test('a server without tags pins nothing; one that refuses, or is not there, is told', async () => {
  const { origin } = await serve()
  const ask = (uri: string) => pinUrlDatasets({}, [uri], [{ uri }])
  expect(await ask(`${origin}/plain`)).toEqual([{ uri: `${origin}/plain` }])
  await expect(ask(`${origin}/absent`)).rejects.toMatchObject({ code: 'remote-refused' })
  await expect(ask('http://127.0.0.1:1/x')).rejects.toMatchObject({ code: 'remote-unreachable' })
})
