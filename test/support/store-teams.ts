/**
 * Two teams that keep their artifacts in one store, and something in it that no record names.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { S3_USER } from './servers.ts'
import { makeSharedWorld } from './shared-world.ts'
import type { Member, SharedWorld } from './shared-world.ts'
import type { World } from './world.ts'

/** The teams, and who looks after their store. */
export interface Teams {
  /** The folder behind the store. */
  readonly folder: string
  readonly churn: SharedWorld
  readonly ranking: SharedWorld
  /** Someone of the first team who looks after the store. */
  readonly keeper: Member
}

/** What the teams recorded, and what one of them sent before its records were refused. */
export const [CHURN, RANKING, LEFT] = ['churn', 'ranking', 'left behind'].map((text) => Buffer.alloc(20_000, text)) as [
  Buffer,
  Buffer,
  Buffer,
]

/** Two teams that pushed, and an upload of one whose records were refused. */
export function makeTeams(folder: string, address = `dir:${folder}`): Teams {
  const options = { init: ['--store', address], pushed: false, variables: { ...S3_USER } }
  const [churn, ranking] = [makeSharedWorld(options), makeSharedWorld(options)]
  for (const [{ ada }, bytes] of [
    [churn, CHURN],
    [ranking, RANKING],
  ] as const) {
    record(ada, bytes)
    expect(ada.mlv('push').exitCode).toBe(0)
  }
  const keeper = churn.join('keeper')
  churn.hook('pre-receive', 'exit 1')
  record(churn.ada, LEFT)
  expect(churn.ada.mlv('push').exitCode).toBe(5)
  return { folder, churn, ranking, keeper }
}

/** Records one file as a version of `churn`. */
export function record(world: World, bytes: Uint8Array): void {
  world.write('model/w.bin', bytes)
  expect(world.mlv('commit', '--metric', 'auc=0.9', '--model', 'churn=model').exitCode).toBe(0)
}

/** The transcript of a command of the keeper, with the folders by names. */
export function said({ folder, keeper, churn, ranking }: Teams, ...args: readonly string[]): string {
  return keeper
    .say(...args)
    .replaceAll(folder, '/mnt/store')
    .replaceAll(churn.bare, '/srv/churn.git')
    .replaceAll(ranking.bare, '/srv/ranking.git')
}

/** Every file below a folder, by its path there. */
export function filesIn(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
}

/** Digests of what is in its place. */
export function objectsIn(folder: string): readonly string[] {
  return filesIn(folder)
    .filter((name) => name.startsWith('objects/'))
    .map((name) => name.slice(-64))
    .toSorted()
}
