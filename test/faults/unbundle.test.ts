/**
 * A kill while a bundle is taken in: at every call that changes the disk. What was there before is there still, whole,
 * and the same command goes on where it was cut and ends as if nothing had happened.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hostOptions } from '../../src/host.ts'
import { unbundleBranch } from '../../src/ops/share/unbundle-branch.ts'
import type { Files } from '../../src/store/files/files.ts'
import { nodeFiles } from '../../src/store/files/node-files.ts'
import { countingFiles, faultyFiles } from '../support/faulty-files.ts'
import { GIT_VARIABLES, runGit, temporaryFolder } from '../support/repository.ts'
import { memberOf } from '../support/shared-world.ts'
import { makeChurnWorld, train } from '../support/world.ts'

/** Kills are spread over the calls, so that the test ends in seconds. */
const MOST_KILLS = 12

test('taking a bundle in survives a kill at any call that changes the disk', { timeout: 60_000 }, async () => {
  const { bundle, before, whole, calls } = await prepare()
  const step = Math.max(1, Math.ceil(calls / MOST_KILLS))
  for (let at = 1 + (calls % step); at <= calls; at += step) {
    const folder = copyOf(before)
    const killed = await killedAt(at, (files, processId) => unbundle(folder, bundle, files, processId))
    expect(killed, `call ${at}`).toContain('Killed')
    const runs = recordsOf(folder)
    expect([recordsOf(before), recordsOf(whole)], `call ${at}`).toContain(runs)
    await unbundle(folder, bundle, nodeFiles)
    expect(recordsOf(folder), `call ${at}`).toBe(recordsOf(whole))
    expect(refsOf(folder)).toBe(refsOf(whole))
    expect(runGit(folder, ['fsck', '--full', '--strict', '--no-dangling', '--no-progress'])).toBe('')
  }
})

/** A repository with a record of its own, and a bundle that has another. */
async function prepare() {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.9, loss: 0.3 })
  world.mlv('commit', '-m', 'first')
  const stick = temporaryFolder()
  const [first, bundle, before] = [join(stick, 'first.mlv'), join(stick, 'second.mlv'), join(stick, 'field')]
  world.mlv('bundle', first)
  world.mlv('unbundle', first, '--into', before)
  memberOf(world, before).train('in the field', 0.95)
  world.write('model/large.bin', Buffer.alloc(300_000, 'large'))
  world.mlv('commit', '-m', 'second')
  world.mlv('bundle', bundle, '--since', first)
  const whole = copyOf(before)
  const counting = countingFiles(nodeFiles)
  await unbundle(whole, bundle, counting)
  return { bundle, before, whole, calls: counting.calls.length }
}

/** Kills the work; the process it works for is dead afterwards, so that its lock is anybody's to break. */
async function killedAt(
  at: number,
  work: (files: Files, processId: number | undefined) => Promise<unknown>,
): Promise<string> {
  const victim = spawn('sleep', ['600'], { stdio: 'ignore' })
  const outcome = await work(faultyFiles(nodeFiles, { at, fault: 'kill' }), victim.pid).catch(String)
  victim.kill('SIGKILL')
  await once(victim, 'exit')
  return String(outcome)
}

function unbundle(folder: string, bundle: string, files: Files, processId = process.pid) {
  return unbundleBranch({ ...hostOptions(folder), variables: GIT_VARIABLES, files, processId }, bundle, {})
}

function copyOf(folder: string): string {
  const copy = join(temporaryFolder(), 'copy')
  cpSync(folder, copy, { recursive: true, preserveTimestamps: true })
  return copy
}

/** The tree of the branch: what is recorded, whoever recorded it when. */
function recordsOf(folder: string): string {
  return runGit(folder, ['ls-tree', '-r', 'refs/heads/mlv', '--', 'runs', 'models/churn/versions'])
}

function refsOf(folder: string): string {
  return runGit(folder, ['for-each-ref', '--format=%(refname)'])
}
