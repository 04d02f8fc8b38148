/**
 * A byte that is not the one that was recorded, in the store or on the way from it: it is caught before anything uses
 * it, and a mirror gives the right one. The same on every kind of store.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { startCuttingProxy } from '../support/cutting-proxy.ts'
import { temporaryFolder } from '../support/repository.ts'
import { hasServer, makeBucket, S3_USER, startServer } from '../support/servers.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import type { Member, SharedWorld } from '../support/shared-world.ts'

const WEIGHTS = Buffer.alloc(3_000_000, 'weights of v2;')
const DIGEST = sha256Of(WEIGHTS)
const OBJECT = join('objects', DIGEST.slice(0, 2), DIGEST.slice(2, 4), DIGEST)
/** Well inside the file, whatever the server says before it. */
const FLIPPED = 1_000_000

interface Kept {
  /** Where the store has its files. */
  readonly folder: string
  readonly mirror: string
  readonly team: SharedWorld
  readonly join: (name: string) => Member
  /** From now on a byte of every large answer is flipped, or of none. */
  readonly flipOnTheWay: (does: boolean) => void
}

const STORES = [
  { name: 'a folder', isHere: true, start: startFolder, isWire: false },
  { name: 'a bucket', isHere: hasServer('s3', 'flipped-bytes.test.ts'), start: startBucket, isWire: true },
  { name: 'Git LFS', isHere: hasServer('lfs', 'flipped-bytes.test.ts'), start: startLfs, isWire: true },
]

describe.each(STORES.filter(({ isHere }) => isHere))('$name', ({ start }) => {
  test('a flipped byte in the store is caught, and repaired from a mirror', async () => {
    const kept = await start()
    const path = readdirSync(kept.folder, { recursive: true, encoding: 'utf8' }).find(
      (name) => basename(name) === DIGEST,
    )
    flipIn(join(kept.folder, path ?? 'the object'))
    await expectCaughtAndRepaired(kept)
  })
})

describe.each(STORES.filter(({ isHere, isWire }) => isHere && isWire))('the way from $name', ({ start }) => {
  test('a flipped byte on the way is caught, and repaired from a mirror', async () => {
    const kept = await start()
    kept.flipOnTheWay(true)
    await expectCaughtAndRepaired(kept)
    // It was the way: the store still has the right ones.
    kept.flipOnTheWay(false)
    const eve = kept.join('eve')
    expect(await eve.start('checkout', 'churn@v2')).toMatchObject({ exitCode: 0 })
  })
})

async function expectCaughtAndRepaired({ mirror, join: joinTeam }: Kept): Promise<void> {
  const bob = joinTeam('bob')
  const refused = await bob.start('checkout', 'churn@v2')
  expect([refused.exitCode, refused.stderr]).toEqual([4, expect.stringContaining('digest-mismatch')])
  expect(existsSync(join(bob.folder, 'model/w.bin'))).toBe(false)
  expect(existsSync(join(bob.folder, '.git/mlv', OBJECT))).toBe(false)
  mkdirSync(dirname(join(mirror, OBJECT)), { recursive: true })
  writeFileSync(join(mirror, OBJECT), WEIGHTS)
  expect(await bob.start('checkout', 'churn@v2')).toMatchObject({ exitCode: 0 })
  expect(sha256Of(readFileSync(join(bob.folder, 'model/w.bin')))).toBe(DIGEST)
  expect((await bob.start('fsck', '--full')).exitCode).toBe(0)
}

function flipIn(path: string): void {
  const bytes = readFileSync(path)
  bytes[FLIPPED] = (bytes[FLIPPED] ?? 0) ^ 1
  chmodSync(path, 0o644)
  writeFileSync(path, bytes)
}

async function startFolder(): Promise<Kept> {
  const folder = join(temporaryFolder(), 'store')
  return withWeights({ folder, init: ['--store', `dir:${folder}`], variables: {}, settings: [] })
}

async function startBucket(): Promise<Kept> {
  const server = await startServer('s3')
  onTestFinished(server.close)
  await makeBucket(server.origin, 'models')
  const line = await startLine(server.port)
  const init = ['--store', `s3://models/churn?endpoint=${line.origin}`]
  const kept = await withWeights({ folder: server.folder, init, variables: S3_USER, settings: [] })
  return { ...kept, flipOnTheWay: line.flip }
}

async function startLfs(): Promise<Kept> {
  const server = await startServer('lfs')
  onTestFinished(server.close)
  const line = await startLine(server.port)
  const settings = [['lfs.url', `${line.origin}/team/churn.git/info/lfs`]] as const
  return {
    ...(await withWeights({ folder: server.folder, init: [], variables: {}, settings })),
    flipOnTheWay: line.flip,
  }
}

async function startLine(port: number) {
  let flips = false
  const nextFlip = (): number | undefined => (flips ? FLIPPED : undefined)
  const proxy = await startCuttingProxy(port, { nextCut: () => undefined, nextFlip })
  onTestFinished(proxy.close)
  return { origin: proxy.origin, flip: (does: boolean) => void (flips = does) }
}

/** A team that has pushed `churn@v2`, and has a mirror that nobody has filled yet. */
async function withWeights(options: {
  readonly folder: string
  readonly init: readonly string[]
  readonly variables: NodeJS.ProcessEnv
  readonly settings: readonly (readonly [string, string])[]
}): Promise<Kept> {
  const mirror = join(temporaryFolder(), 'mirror')
  mkdirSync(mirror)
  writeFileSync(join(mirror, 'mlv-store.json'), '{"format": 1}\n')
  const init = [...options.init, '--mirror', `dir:${mirror}`]
  const team = makeSharedWorld({ init, variables: options.variables, pushed: false })
  const configure = (folder: string): void => {
    for (const [key, value] of options.settings) team.ada.git('-C', folder, 'config', key, value)
  }
  configure(team.ada.folder)
  team.ada.write('model/w.bin', WEIGHTS)
  team.ada.mlv('commit', '-m', 'second', '--metric', 'auc=0.95', '--model', 'churn=model')
  expect(await team.ada.start('push')).toMatchObject({ exitCode: 0 })
  return {
    ...{ folder: options.folder, mirror, team, flipOnTheWay: () => undefined },
    join: (name) => {
      const member = team.join(name)
      configure(member.folder)
      member.mlv('remote', 'trust')
      return member
    },
  }
}
