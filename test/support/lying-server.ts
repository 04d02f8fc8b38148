/**
 * A team whose artifacts are on a Git LFS server that a test makes lie.
 */
import { onTestFinished, expect } from 'vitest'
import { sha256Of } from '../../src/base/digest.ts'
import { startLfsServer } from './lfs-server.ts'
import type { Answer, LfsFaults, LfsServer } from './lfs-server.ts'
import { runGit } from './repository.ts'
import { makeSharedWorld } from './shared-world.ts'
import type { Member, SharedWorld } from './shared-world.ts'
import type { Outcome } from './world.ts'

/** The bytes of the one large file. */
export const WEIGHTS = Buffer.alloc(300_000, 'weights;')

/** Their name. */
export const OID = sha256Of(WEIGHTS)

/** Expects a refusal with nothing on standard output. */
export function expectRefused({ exitCode, stdout, stderr }: Outcome, code: number, failure: string): void {
  expect(stderr).toContain(`(${failure})`)
  expect([exitCode, stdout]).toEqual([code, ''])
}

/** What answers every batch request with these actions for the one object. */
export function batchAnswer(actions: object): (request: { readonly path: string }) => Answer | undefined {
  const body = JSON.stringify({ transfer: 'basic', objects: [{ oid: OID, size: WEIGHTS.length, actions }] })
  return ({ path }) => (path.endsWith('/batch') ? { status: 200, body } : undefined)
}

/** Serves until the test ends. */
export async function serve(faults: LfsFaults = {}): Promise<LfsServer> {
  const server = await startLfsServer(faults)
  onTestFinished(server.close)
  return server
}

/** A clone without the bytes, whose LFS server answers as told. */
export async function asked(faults: LfsFaults): Promise<{ readonly bob: Member; readonly server: LfsServer }> {
  const shared = withWeights()
  shared.ada.mlv('push')
  const server = await serve(faults)
  const bob = shared.join('bob')
  runGit(bob.folder, ['config', 'lfs.url', server.url])
  return { bob, server }
}

/** A team whose first user has `churn@v2` with a large file, not pushed yet. */
export function withWeights(): SharedWorld {
  const shared = makeSharedWorld()
  shared.ada.write('model/w.bin', WEIGHTS)
  expect(shared.ada.mlv('commit', '-m', 'second', '--metric', 'auc=0.95', '--model', 'churn=model').exitCode).toBe(0)
  return shared
}
