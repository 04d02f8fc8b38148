/**
 * A team that keeps its large files in a bucket, on a server that nobody here wrote. Runs where one is installed.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { safetensors, seededFloats } from '../support/compact-world.ts'
import { runGit } from '../support/repository.ts'
import { hasServer, makeBucket, S3_USER, startServer } from '../support/servers.ts'
import type { RunningServer } from '../support/servers.ts'
import { makeSharedWorld } from '../support/shared-world.ts'

const FIRST = seededFloats('bucket', 100_000)
const checkpoint = (steps: number): Buffer => safetensors({ weight: FIRST.map((value) => value * (1 + steps * 1e-7)) })
const WEIGHTS = Buffer.alloc(9_000_000, 'weights;')
/** The server's secret: in no output, no file of ours and none of git's. */
const SECRET = S3_USER.AWS_SECRET_ACCESS_KEY

describe.skipIf(!hasServer('s3', 'buckets.test.ts'))('a bucket', () => {
  let server: RunningServer | undefined
  beforeAll(async () => {
    server = await startServer('s3')
    await makeBucket(server.origin, 'models')
  })
  afterAll(() => server?.close())

  test('is pushed to and checked out from, by the credentials of the machine alone', () => {
    const origin = server?.origin ?? ''
    const address = `s3://models/churn?endpoint=${origin}`
    const { ada, bare, join: joinTeam } = makeSharedWorld({ init: ['--store', address], variables: S3_USER })
    ada.write('model/w.bin', WEIGHTS)
    ada.mlv('commit', '-m', 'second', '--metric', 'auc=0.95', '--model', 'churn=model')
    const pushed = ada.mlv('push')
    expect(pushed).toMatchObject({ exitCode: 0, stderr: '' })
    expect(pushed.stdout).toContain('uploaded 1 artifact, 9.00 MB')
    expect(ada.mlv('push').stdout).toContain('nothing to push')

    // Whoever cloned was not asked about the server yet: the branch alone does not decide who is sent credentials.
    const bob = joinTeam('bob')
    const refused = bob.mlv('checkout', 'churn@v2')
    expect(refused.exitCode).toBe(4)
    expect(refused.stderr).toContain('store-host-untrusted')
    expect(refused.stderr).toContain('mlv remote trust')
    expect(bob.mlv('remote', 'trust').stdout).toContain(`trusted ${origin}, which mlv.json names`)
    const out = bob.mlv('checkout', 'churn@v2')
    expect(out).toMatchObject({ exitCode: 0, stderr: '' })
    expect(readFileSync(join(bob.folder, 'model/w.bin')).equals(WEIGHTS)).toBe(true)

    const outputs = [pushed, refused, out].map(({ stdout, stderr }) => stdout + stderr)
    for (const text of [...outputs, ...filesBelow(bare), ...filesBelow(bob.folder)]) expect(text).not.toContain(SECRET)
    expect(runGit(bob.folder, ['fsck', '--full', '--strict', '--no-dangling', '--no-progress'])).toBe('')
  })

  test('keeps checkpoints as what changed, and whoever clones gets them whole, by file and by tensor', () => {
    const origin = server?.origin ?? ''
    const shared = makeSharedWorld({
      init: ['--store', `s3://models/compact?endpoint=${origin}`, '--compact'],
      // Without a clone there is nothing to say 'mlv remote trust' in: the variable says it.
      variables: { ...S3_USER, AWS_ENDPOINT_URL_S3: origin },
    })
    for (const version of [2, 3]) {
      shared.ada.write('model/weights.safetensors', checkpoint(version))
      shared.ada.mlv('commit', '-m', `step ${version}`, '--metric', 'auc=0.9', '--model', 'churn=model')
      expect(shared.ada.mlv('push').exitCode).toBe(0)
    }
    const stored = sum(filesBelow(join(server?.folder ?? '', 'models', 'compact')).map(({ length }) => length))
    expect(stored).toBeLessThan(1.3 * checkpoint(2).length)

    const grace = shared.join('grace')
    for (const version of [2, 3]) {
      expect(grace.mlv('checkout', `churn@v${version}`, '--to', 'out', '--force').stderr).toBe('')
      expect(readFileSync(join(grace.folder, 'out', 'weights.safetensors')).equals(checkpoint(version))).toBe(true)
    }
    expect(grace.mlv('fsck', '--full').exitCode).toBe(0)
    const got = grace.mlv('get', `${shared.bare}#churn@v3`, '--tensor', 'weight', '--to', 'tensor')
    expect([got.exitCode, got.stderr]).toEqual([0, ''])
    expect(readFileSync(join(grace.folder, 'tensor', 'weight.safetensors')).equals(checkpoint(3))).toBe(true)
  })
})

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0)
}

function filesBelow(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const paths = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
  return paths.map((path) => readFileSync(path, 'latin1'))
}
