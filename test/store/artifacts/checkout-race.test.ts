/**
 * Another process swaps a folder for a link to git's hooks while a checkout writes into it, again and again. Node
 * cannot open folders relative to each other, so this is where a check before a write would lose.
 */
import { Worker } from 'node:worker_threads'
import { existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Failure } from '../../../src/domain/failure.ts'
import { placeFiles } from '../../../src/store/artifacts/checkout-files.ts'
import { diskWorld, entropy, inline, writeReal } from './artifact-world.ts'

const ROUNDS = 1000

/** Swaps `<work>/sub` for a link and back until told to stop, leaving each state a moment for the checkout to meet. */
const SWAPPER = `
  const { renameSync } = require('node:fs')
  const { parentPort, workerData } = require('node:worker_threads')
  const { folder, link, aside, stop } = workerData
  const rest = () => Atomics.wait(stop, 0, 0, Math.random() * 0.4)
  let swaps = 0
  while (Atomics.load(stop, 0) === 0) {
    swaps += 1
    try {
      renameSync(folder, aside)
      renameSync(link, folder)
      rest()
      renameSync(folder, link)
      renameSync(aside, folder)
    } catch {
      // The checkout made the folder anew in between: take that one next.
      try { renameSync(aside, folder + '.' + swaps) } catch {}
    }
    rest()
  }
  parentPort.postMessage(swaps)
`

// Elsewhere a folder that is open has no path, and each folder is checked just before it is used.
const isLinux = existsSync('/proc/self/fd')

test.skipIf(!isLinux)(
  `in ${ROUNDS} checkouts beside a swapped link, no file ever lands behind it`,
  async () => {
    const { store, files, work, git } = await diskWorld()
    const hooks = join(git, 'hooks')
    writeReal(join(hooks, 'pre-push'), 'mine')
    mkdirSync(join(work, 'sub'))
    symlinkSync(hooks, join(work, 'link'))
    const stop = new Int32Array(new SharedArrayBuffer(4))
    const workerData = { folder: join(work, 'sub'), link: join(work, 'link'), aside: join(work, 'aside'), stop }
    const swapper = new Worker(SWAPPER, { eval: true, workerData })
    const done = new Promise<number>((resolve) => swapper.once('message', resolve))
    const outcomes = new Map<string, number>()
    for (let round = 0; round < ROUNDS; round += 1) {
      const plan = [inline('sub/pre-commit', `evil ${round}`), inline('sub/deep/er', `evil ${round}`)]
      const outcome = await outcomeOf(placeFiles(store, files, plan, work, { force: true, entropy }))
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      if (readdirSync(hooks).length !== 1) break
    }
    Atomics.store(stop, 0, 1)

    expect(await done).toBeGreaterThan(0)
    expect(readdirSync(hooks)).toEqual(['pre-push'])
    expect(existsSync(join(hooks, 'deep'))).toBe(false)
    // The race was a race: some checkouts saw the link, and each that failed said why.
    expect(outcomes.get('destination-symlink') ?? 0).toBeGreaterThan(0)
    expect([...outcomes.keys()].filter((outcome) => outcome.startsWith('bug'))).toEqual([])
    expect(lstatSync(git).isDirectory()).toBe(true)
  },
  120_000,
)

async function outcomeOf(checkout: Promise<unknown>): Promise<string> {
  try {
    await checkout
    return 'placed'
  } catch (caught) {
    if (caught instanceof Failure) return caught.code
    // The folder may vanish between any two steps; the system then says that it is not there.
    return caught instanceof Error && 'code' in caught && caught.code === 'ENOENT' ? 'ENOENT' : `bug: ${String(caught)}`
  }
}
