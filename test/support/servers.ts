/**
 * Servers that nobody here wrote, started by the scripts in `test/servers` on a port of their own.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join, resolve } from 'node:path'
import { tmpdir } from 'node:os'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'

/** The scripts in `test/servers`, by their names. */
export type ServerName = 's3' | 'lfs' | 'git-http' | 'git-ssh'

/** A running server. */
export interface RunningServer {
  readonly origin: string
  readonly port: number
  /** Where it keeps what it has and what it logs. */
  readonly folder: string
  readonly close: () => Promise<void>
}

/** What the S3 server knows its user by. */
export const S3_USER = { AWS_ACCESS_KEY_ID: 'testkey', AWS_SECRET_ACCESS_KEY: 'testsecret' } as const

/** Whom the git server over http knows. */
export const GIT_USER = { username: 'ada', password: 'testpassword' } as const

/** Tells whether a server can be started here, and says so in one line when it cannot. */
export function hasServer(name: ServerName, test: string): boolean {
  const has = spawnSync(scriptOf(name), ['--check']).status === 0
  if (!has)
    process.stdout.write(`${test}: no ${name} server is installed (test/servers/install.sh), its tests are skipped\n`)
  return has
}

/** Starts a server, and waits until it answers. */
export async function startServer(
  name: ServerName,
  options: {
    /** The folder whose repositories a git server serves. */
    readonly root?: string
    readonly variables?: Readonly<Record<string, string>>
    /** The port that a server had which was stopped. */
    readonly port?: number
  } = {},
): Promise<RunningServer> {
  const port = options.port ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'mlv-server-'))
  const child = spawn(scriptOf(name), [String(port), folder, ...(options.root === undefined ? [] : [options.root])], {
    env: { ...process.env, ...options.variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // Also when whoever started it fails before it closes it.
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const told: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => told.push(chunk.toString()))
  const ended = once(child, 'close')
  const died = ended.then(() => Promise.reject(new Error(`${name} server ended: ${told.join('')}`)))
  // Nobody looks any more once the server is up.
  died.catch(() => undefined)
  await Promise.race([answering(port), died])
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    folder,
    close: async () => {
      kill()
      await ended
      process.off('exit', kill)
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Makes a bucket. */
export async function makeBucket(origin: string, bucket: string): Promise<void> {
  const credentials = { accessKeyId: S3_USER.AWS_ACCESS_KEY_ID, secretAccessKey: S3_USER.AWS_SECRET_ACCESS_KEY }
  const client = new S3Client({ endpoint: origin, region: 'us-east-1', forcePathStyle: true, credentials })
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  client.destroy()
}

async function answering(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const isUp = await new Promise<boolean>((done) => {
      socket.once('connect', () => done(true))
      socket.once('error', () => done(false))
    })
    socket.destroy()
    if (isUp) return
    await new Promise((next) => setTimeout(next, 50))
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

function scriptOf(name: string): string {
  return resolve(import.meta.dirname, '..', 'servers', `${name}.sh`)
}
