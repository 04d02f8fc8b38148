/**
 * The writer's lock: who waits for whom, whose lock is broken, and what a dead writer's leftovers are.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFiles } from '../../../src/store/files/node-files.ts'
import { holdLock } from '../../../src/store/git/lock-file.ts'
import { identifyProcess } from '../../../src/store/git/process-identity.ts'
import type { OwnerIdentity } from '../../../src/store/git/process-identity.ts'
import { withWriterLock } from '../../../src/store/git/writer-lock.ts'
import type { LockOptions } from '../../../src/store/git/writer-lock.ts'
import { lockOptions } from '../../support/git-environment.ts'
import { makeRepository } from '../../support/repository.ts'
import type { TestRepository } from '../../support/repository.ts'

const ID = '01kafkq7zd5f8m3x9v2p4t6wce'
const COMMIT = '1234567890123456789012345678901234567890'

/** A process that has ended, identified while it lived would be the same less its start. */
async function deadOwner(): Promise<OwnerIdentity> {
  const { pid } = spawnSync('true')
  return { ...(await identifyProcess(nodeFiles, lockOptions())), processId: pid, startedAt: '1' }
}

async function livingOwner(): Promise<OwnerIdentity> {
  return identifyProcess(nodeFiles, lockOptions())
}

function write(repository: TestRepository, path: string, content: string): string {
  const full = join(repository.place.commonDir, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, content)
  return full
}

function lockHeldBy(repository: TestRepository, owner: OwnerIdentity): string {
  return write(repository, 'mlv/lock', `${JSON.stringify({ id: ID, owner })}\n`)
}

/** Takes the lock and returns what became of it: `taken`, or the refusal. */
async function take(repository: TestRepository, options: Partial<LockOptions> = {}): Promise<string> {
  try {
    const all = lockOptions({ timeoutMs: 50, ...options })
    return await withWriterLock(repository.place, nodeFiles, all, () => Promise.resolve('taken'))
  } catch (error) {
    return error instanceof Error && 'code' in error ? `${String(error.code)}: ${error.message}` : String(error)
  }
}

test('the lock says who holds it, is let go after a failure, and leaves nothing', async () => {
  const repository = makeRepository()
  const lock = join(repository.place.commonDir, 'mlv', 'lock')
  let record = ''
  const failing = withWriterLock(repository.place, nodeFiles, lockOptions(), () => {
    record = readFileSync(lock, 'utf8')
    return Promise.reject(new Error('the action failed'))
  })

  await expect(failing).rejects.toThrow('the action failed')
  expect(JSON.parse(record)).toMatchObject({ owner: { hostName: 'test-host', processId: process.pid } })
  expect(readdirSync(dirname(lock))).toEqual([])
})

test('a living owner is waited for, then named in the refusal; its lock stays', async () => {
  const repository = makeRepository()
  const lock = lockHeldBy(repository, await livingOwner())
  const refusal = await take(repository)

  expect(refusal).toMatch(/^lock-timeout: another mlv command has held '.*mlv\/lock' for more than/)
  expect(readFileSync(lock, 'utf8')).toContain(ID)
})

test.runIf(process.platform === 'linux')(
  'a lock whose owner died, or lived before a restart, is taken over',
  async () => {
    const repository = makeRepository()
    lockHeldBy(repository, await deadOwner())
    expect(await take(repository)).toBe('taken')
    lockHeldBy(repository, { ...(await livingOwner()), bootId: 'another boot' })
    expect(await take(repository)).toBe('taken')
    // The number is in use, by a process that started at another time.
    lockHeldBy(repository, { ...(await livingOwner()), startedAt: '1' })
    expect(await take(repository)).toBe('taken')
    expect(readdirSync(join(repository.place.commonDir, 'mlv'))).toEqual([])
  },
)

test('an owner on another host, or in another container, may live: time alone breaks nothing', async () => {
  const repository = makeRepository()
  lockHeldBy(repository, { ...(await deadOwner()), hostName: 'elsewhere' })
  expect(await take(repository)).toMatch(/^lock-timeout/)
  lockHeldBy(repository, { ...(await deadOwner()), space: 'pid:[1]' })
  expect(await take(repository)).toMatch(/^lock-timeout/)
})

test('where the system has no /proc, only a free process number counts as dead', async () => {
  const repository = makeRepository()
  lockHeldBy(repository, { hostName: 'test-host', processId: 4_194_000 })
  expect(await take(repository, { isRunning: () => true })).toMatch(/^lock-timeout/)
  expect(await take(repository)).toMatch(/^lock-timeout/)
  expect(await take(repository, { isRunning: () => false })).toBe('taken')
})

test.runIf(process.platform === 'linux')(
  'a lock that power loss emptied counts only when it is older than the boot',
  async () => {
    const repository = makeRepository()
    const lock = write(repository, 'mlv/lock', '')
    expect(await take(repository)).toMatch(/^lock-timeout: .*/)
    utimesSync(lock, 1000, 1000)
    expect(await take(repository)).toBe('taken')
  },
)

test.runIf(process.platform === 'linux')('many waiters take over one dead lock one after the other', async () => {
  const repository = makeRepository()
  lockHeldBy(repository, await deadOwner())
  let inside = 0
  let most = 0
  const action = async () => {
    most = Math.max(most, (inside += 1))
    await new Promise((resolve) => setImmediate(resolve))
    inside -= 1
  }
  const all = Array.from({ length: 20 }, () => withWriterLock(repository.place, nodeFiles, lockOptions(), action))
  await Promise.all(all)

  expect(most).toBe(1)
})

test.runIf(process.platform === 'linux')('a breaker that died while breaking is broken too', async () => {
  const repository = makeRepository()
  const dead = await deadOwner()
  lockHeldBy(repository, dead)
  write(repository, `mlv/break.${ID}`, JSON.stringify({ id: '01kafkq7zd5f8m3x9v2p4t6wcf', owner: dead }))

  expect(await take(repository)).toBe('taken')
  expect(readdirSync(join(repository.place.commonDir, 'mlv'))).toEqual([])
})

describeLeftovers()

function describeLeftovers(): void {
  test('the next writer clears what a killed commit left, and only that', async () => {
    const repository = makeRepository()
    const dead = await deadOwner()
    const older = write(repository, 'objects/pack/pack-0.keep', 'fast-import\n')
    utimesSync(older, 1000, 1000)
    write(repository, 'mlv/writing', JSON.stringify({ owner: dead, children: [dead], commits: [COMMIT] }))
    const left = [
      write(repository, 'refs/mlv/tmp/01-0', `${COMMIT}\n`),
      write(repository, 'refs/heads/mlv.lock', `${COMMIT}\n`),
      write(repository, 'refs/heads/mlv-runs.lock', ''),
      write(repository, 'packed-refs.lock', ''),
      write(repository, 'objects/pack/pack-1.keep', 'fast-import\n'),
      write(repository, 'objects/pack/pack-3.keep', ''),
      write(repository, 'objects/pack/tmp_pack_1', 'PACK'),
      write(repository, `fast_import_crash_1`, `fast-import crash report:\n    parent process : ${dead.processId}\n`),
    ]
    const others = [
      older,
      write(repository, 'objects/pack/pack-2.keep', 'mine\n'),
      write(repository, 'objects/pack/pack-4.keep', ''),
      write(repository, 'objects/pack/pack-4.pack', 'PACK'),
      write(repository, 'refs/heads/main.lock', `${'9'.repeat(40)}\n`),
      write(repository, 'fast_import_crash_2', 'fast-import crash report:\n    parent process : 1\n'),
    ]

    expect(await take(repository)).toBe('taken')
    const tmpPackStays = process.platform !== 'linux'
    expect(left.filter((path) => existsSync(path) && !(tmpPackStays && /tmp_pack|pack-3/.test(path)))).toEqual([])
    expect(others.filter((path) => !existsSync(path))).toEqual([])
  })

  test('after power loss, which takes the record, the temporary ref is evidence enough', async () => {
    const repository = makeRepository()
    write(repository, 'mlv/writing', '')
    write(repository, 'refs/mlv/tmp/01-0', `${COMMIT}\n`)
    const lock = write(repository, 'refs/heads/mlv.lock', `${COMMIT}\n`)

    expect(await take(repository)).toBe('taken')
    expect(existsSync(lock)).toBe(false)
  })

  test('a lock from before the dead writer, or without any dead writer, stays', async () => {
    const repository = makeRepository()
    const lock = write(repository, 'refs/heads/mlv.lock', '')
    expect(await take(repository)).toBe('taken')
    utimesSync(lock, 1000, 1000)
    const dead = await deadOwner()
    write(repository, 'mlv/writing', JSON.stringify({ owner: dead, children: [], commits: [] }))
    expect(await take(repository)).toBe('taken')

    expect(statSync(lock).size).toBe(0)
  })

  test.runIf(process.platform === 'linux')('an empty lock stays while a git is at work that may hold it', async () => {
    const repository = makeRepository()
    const dead = await deadOwner()
    const record = JSON.stringify({ owner: dead, children: [dead], commits: [] })
    write(repository, 'mlv/writing', record)
    const lock = write(repository, 'packed-refs.lock', '')
    const git = spawn('git', ['update-ref', '--stdin'], { cwd: repository.place.commonDir })
    await once(git, 'spawn')
    expect(await take(repository)).toMatch(/^ref-locked: .*packed-refs\.lock/)
    expect(existsSync(lock)).toBe(true)
    git.stdin.end()
    await once(git, 'close')

    expect(await take(repository)).toBe('taken')
    expect(existsSync(lock)).toBe(false)
  })

  test.runIf(process.platform === 'linux')(
    'a git that let go of its lock meanwhile is waited for no longer',
    async () => {
      const repository = makeRepository()
      const dead = await deadOwner()
      write(repository, 'mlv/writing', JSON.stringify({ owner: dead, children: [dead], commits: [] }))
      const lock = write(repository, 'packed-refs.lock', '')
      const git = spawn('git', ['update-ref', '--stdin'], { cwd: repository.place.commonDir })
      await once(git, 'spawn')
      const taking = take(repository)
      rmSync(lock)

      expect(await taking).toBe('taken')
      git.stdin.end()
      await once(git, 'close')
    },
  )

  test('an empty lock is not waited for because some git reads', async () => {
    const repository = makeRepository()
    const dead = await deadOwner()
    write(repository, 'mlv/writing', JSON.stringify({ owner: dead, children: [dead], commits: [] }))
    const lock = write(repository, 'packed-refs.lock', '')
    const git = spawn('git', ['-c', 'a.b=update-ref', 'cat-file', '--batch'], { cwd: repository.place.commonDir })
    await once(git, 'spawn')
    expect(await take(repository)).toBe('taken')
    git.stdin.end()
    await once(git, 'close')

    expect(existsSync(lock)).toBe(false)
  })

  test('a record that was about to be published is cleared', async () => {
    const repository = makeRepository()
    const fresh = write(repository, 'mlv/writing.new', '')
    expect(await take(repository)).toBe('taken')
    expect(existsSync(fresh)).toBe(false)
  })

  test('a lock of the embedded engine is cleared, whichever engine comes next', async () => {
    const repository = makeRepository()
    const file = join(repository.place.commonDir, 'refs', 'heads', 'mlv')
    await holdLock(repository.place, nodeFiles, { file, content: `${COMMIT}\n` })
    expect(await take(repository)).toBe('taken')
    expect(existsSync(`${file}.lock`)).toBe(false)
  })

  test.runIf(process.platform === 'linux')('a temporary pack that a program has open stays', async () => {
    const repository = makeRepository()
    const dead = await deadOwner()
    write(repository, 'mlv/writing', JSON.stringify({ owner: dead, children: [], commits: [] }))
    const pack = join(repository.place.commonDir, 'objects', 'pack', 'tmp_pack_fetch')
    mkdirSync(dirname(pack), { recursive: true })
    const open = await nodeFiles.open(pack, 'create')
    await take(repository)
    await open.close()

    expect(existsSync(pack)).toBe(true)
  })
}
