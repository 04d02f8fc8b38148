/**
 * The servers of the sharing cases, started by the scripts in `test/servers` on a port of their own. mlv and its peers
 * are given the same one in the same run.
 */
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { start } from './process.js'

const SCRIPTS = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'servers')

/** What the S3 server knows its user by, and what its clients ask for beside. */
export const S3_VARIABLES = {
  AWS_ACCESS_KEY_ID: 'testkey',
  AWS_SECRET_ACCESS_KEY: 'testsecret',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_EC2_METADATA_DISABLED: 'true',
  // Which Node the SDK will need one day is for those who update it to know.
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
}

/** Why a server cannot be had here; `undefined` when it can. */
export function whyNoServer(/** @type {'s3' | 'lfs'} */ name) {
  const { status } = spawnSync(scriptOf(name), ['--check'])
  return status === 0 ? undefined : `no ${name} server is installed (test/servers/install.sh)`
}

/**
 * Starts a server that keeps what it is given below a folder, and waits until it answers.
 *
 * @param {'s3' | 'lfs'} name
 * @param {string} folder
 * @returns {Promise<{ readonly origin: string, readonly folder: string, readonly stop: () => Promise<void> }>}
 */
export async function startServer(name, folder) {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const child = start({ argv: [scriptOf(name), String(port), folder] })
  let told = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (told = `${told}${chunk}`.slice(-2000)))
  const ended = once(child, 'close')
  const died = ended.then(() => Promise.reject(new Error(`the ${name} server ended: ${told}`)))
  // Nobody looks any more once the server is up.
  died.catch(() => undefined)
  await Promise.race([answering(port), died])
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
  }
  return { origin: `http://127.0.0.1:${port}`, folder, stop }
}

/** Makes a bucket on a server. */
export async function makeBucket(/** @type {string} */ origin, /** @type {string} */ bucket) {
  Object.assign(process.env, S3_VARIABLES)
  const { CreateBucketCommand, S3Client } = await import('@aws-sdk/client-s3')
  const client = new S3Client({ endpoint: origin, region: 'us-east-1', forcePathStyle: true })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  client.destroy()
}

export async function answering(/** @type {number} */ port) {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isUp = await new Promise((done) => {
      socket.once('connect', () => done(true))
      socket.once('error', () => done(false))
    })
    socket.destroy()
    if (isUp) return
    await new Promise((next) => setTimeout(next, 50))
  }
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  server.close()
  await once(server, 'close')
  return port
}

function scriptOf(/** @type {string} */ name) {
  return join(SCRIPTS, `${name}.sh`)
}
