/**
 * Pins datasets that are URLs by what their server says of them: the entity tag (RFC 9110, 8.8.3). Only headers are
 * asked for; nothing is downloaded.
 */
import type { Dataset } from '../domain/dataset.ts'
import { refuse } from '../domain/failure.ts'
import { openHttp } from './http.ts'
import type { Http } from './http.ts'

const HTTP_URL = /^https?:\/\//i
const DIGITS = /^\d{1,15}$/
const TAG_LIMIT = 512

/**
 * Pins those of the datasets that are `http` or `https` URLs and have a server that tags them; the others stay as they
 * are. `uris` are the same datasets as they were written, with whatever credentials their server needs.
 *
 * @throws `remote-unreachable`, `remote-refused` for an answer that is no success
 */
export async function pinUrlDatasets(
  variables: Readonly<Record<string, string | undefined>>,
  uris: readonly string[],
  datasets: readonly Dataset[],
): Promise<readonly Dataset[]> {
  if (!uris.some((uri) => HTTP_URL.test(uri))) return datasets
  const http = openHttp(variables)
  try {
    const pinned: Dataset[] = []
    for (const [index, dataset] of datasets.entries()) {
      const uri = uris[index] ?? ''
      pinned.push(HTTP_URL.test(uri) ? await pinUrl(http, uri, dataset) : dataset)
    }
    return pinned
  } finally {
    await http.close()
  }
}

async function pinUrl(http: Http, uri: string, dataset: Dataset): Promise<Dataset> {
  const { url, credentials } = splitCredentials(uri)
  const reply = await http.send({ method: 'HEAD', url, headers: { 'accept-encoding': 'identity' }, credentials })
  await reply.drop()
  if (reply.status < 200 || reply.status >= 300) {
    const problem = 'it does not tell about this dataset'
    throw refuse('remote-refused', { url: dataset.uri, status: reply.status, problem })
  }
  const [tag, length] = [reply.header('etag'), reply.header('content-length')]
  return {
    ...dataset,
    ...(tag === undefined || tag.length > TAG_LIMIT ? {} : { pin: { kind: 'foreign', scheme: 'etag', id: tag } }),
    ...(length === undefined || !DIGITS.test(length) ? {} : { sizeBytes: Number(length) }),
  }
}

/** A user and password in a URL go into a header of their own, which a redirect to another host does not get. */
function splitCredentials(uri: string): {
  readonly url: URL
  readonly credentials: Readonly<Record<string, string>>
} {
  const url = new URL(uri)
  const { username, password } = url
  url.username = ''
  url.password = ''
  if (username === '' && password === '') return { url, credentials: {} }
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { url, credentials: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` } }
}
