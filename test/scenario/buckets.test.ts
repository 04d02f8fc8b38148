/**
 * A team that keeps its large files in a bucket, on a server that nobody here wrote. Runs where one is installed.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runGit } from '../support/repository.ts'
import { hasServer, makeBucket, S3_USER, startServer } from '../support/servers.ts'
import type { RunningServer } from '../support/servers.ts'
import { makeSharedWorld } from '../support/shared-world.ts'

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
})

function filesBelow(folder: string): readonly string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  const paths = names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile())
  return paths.map((path) => readFileSync(path, 'latin1'))
}
