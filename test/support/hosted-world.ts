/**
 * A host of git repositories as promotions by review meet it: a bare repository, a clone of it that has nothing but
 * stock git, and a user whose model has one version in production, a better and a worse one.
 */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect } from 'vitest'
import { GIT_VARIABLES, runGit } from './repository.ts'
import { memberOf, sharedWorldAt, startSharedWorld } from './shared-world.ts'
import type { SharedWorld } from './shared-world.ts'
import { placeFolder } from './templates.ts'

/** A host with one model: v2 is in production, v3 is better and v4 worse. */
export interface Hosted extends SharedWorld {
  /** The folder that large files are shared from. */
  readonly store: string
  /** Runs stock git in the host's own clone. */
  readonly host: (...args: readonly string[]) => string
  readonly hostFolder: string
}

/** Makes the host; all is pushed. */
export function makeHostedWorld(layout: 'single' | 'split' = 'single'): Hosted {
  const root = placeFolder(`host ${layout}`, (folder) => startHostedWorld(folder, layout))
  const [store, hostFolder] = [join(root, 'store'), join(root, 'host')]
  const host = (...args: readonly string[]): string => runGit(hostFolder, args)
  return { ...sharedWorldAt(root), store, host, hostFolder }
}

function startHostedWorld(root: string, layout: 'single' | 'split'): void {
  startSharedWorld(root, { layout, init: ['--store', `dir:${join(root, 'store')}`], pushed: false })
  const { ada, bare } = sharedWorldAt(root)
  ada.write('mlv.yaml', 'goals: { auc: { goal: max } }\n')
  const { train } = memberOf(ada, ada.folder)
  for (const [message, auc] of [
    ['good', 0.92],
    ['better', 0.93],
    ['worse', 0.91],
  ] as const) {
    ada.write('model/weights.bin', Buffer.alloc(40_000, message))
    train(message, auc)
  }
  ada.mlv('promote', 'churn@v2', 'production', '-r', 'the first')
  expect(ada.mlv('push')).toMatchObject({ exitCode: 0 })
  runGit('/', ['clone', '--quiet', '--branch=mlv', bare, join(root, 'host')])
}

/** Puts a commit on a branch of the host, as a person with an editor would. */
export function editOnHost({ host, hostFolder }: Hosted, branch: string, edit: (folder: string) => void): void {
  host('fetch', '--quiet')
  host('switch', '--quiet', '--detach', `origin/${branch}`)
  edit(hostFolder)
  host('add', '--all')
  host('commit', '--quiet', '--message=Edit by hand')
  host('push', '--quiet', 'origin', `HEAD:refs/heads/${branch}`)
}

/** Squashes a request into the registry as hosts do, and deletes its branch. */
export function squash({ host }: Hosted, branch: string, ...message: readonly string[]): void {
  host('fetch', '--quiet')
  host('switch', '--quiet', '--detach', 'origin/mlv')
  host('merge', '--squash', '--quiet', `origin/${branch}`)
  host('commit', '--quiet', ...message.map((paragraph) => `--message=${paragraph}`))
  host('push', '--quiet', 'origin', 'HEAD:refs/heads/mlv', `:refs/heads/${branch}`)
}

/** Writes a tree with one file of any name, such as `..`, which git itself would refuse. */
export function treeWith({ bare }: Hosted, name: string, blob: string): string {
  const input = Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(blob, 'hex')])
  const args = ['hash-object', '-t', 'tree', '-w', '--literally', '--stdin']
  return execFileSync('git', args, { cwd: bare, env: GIT_VARIABLES, input }).toString('utf8').trim()
}
