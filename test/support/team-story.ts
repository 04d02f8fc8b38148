/**
 * What a team does on a working day, from the first training to the network that was away: the same story on every
 * server.
 */
import { join } from 'node:path'
import { expect } from 'vitest'
import { temporaryFolder } from './repository.ts'
import { gitIn, trainerIn, writeCode } from './team-world.ts'
import type { TeamRemote, Trainer } from './team-world.ts'
import { makeWorld } from './world.ts'
import type { Outcome, World } from './world.ts'

/** What telling it may take where others work the machine hard; on an idle one it takes seconds. */
export const STORY_MS = 180_000

/** Tells it. */
export async function tellTeamStory(remote: TeamRemote): Promise<void> {
  const { ada, world } = begin(remote)
  const bob = joinTeam(remote, world)
  await recordAtOnce(ada, bob)
  runJob(remote)
  await workOffline(remote, bob)

  // All of it is with everyone, and stock git finds nothing wrong.
  done(ada.mlv('pull', '--artifacts'))
  expect(versionsIn(ada)).toEqual([1, 2, 3, 4, 5])
  done(ada.mlv('fsck', '--full'))
  const git = (...args: readonly string[]): string => gitIn(remote.bare, {}, ...args)
  expect(git('rev-parse', 'mlv')).toBe(gitIn(ada.folder, {}, 'rev-parse', 'mlv'))
  expect(git('fsck', '--full', '--strict', '--no-dangling', '--no-progress')).toBe('')
  expect(git('rev-list', '--min-parents=2', '--count', 'mlv')).toBe('0')
}

/** Ada sets it up, trains, promotes and pushes. */
function begin(remote: TeamRemote): { readonly ada: Trainer; readonly world: World } {
  const world = makeWorld({ variables: remote.variables })
  const ada = trainerIn(world, world.folder)
  writeCode(world)
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Train churn')
  world.git('remote', 'add', 'origin', remote.url)
  gitIn(ada.folder, remote.variables, 'push', '--quiet', 'origin', 'main')
  done(ada.mlv('init', ...remote.initArguments))
  const sha256 = ada.trainFor(1)
  done(ada.mlv('commit', '-m', 'first'))
  done(ada.mlv('promote', 'churn@v1', 'production'))
  expect(done(ada.mlv('push'))).toContain('uploaded 1 artifact, 524 kB')

  // Someone who wants the models alone has the bytes that were trained.
  const records = trainerIn(world, join(temporaryFolder(), 'records'))
  done(world.mlv('clone', remote.url, records.folder))
  done(trusting(remote, records).mlv('checkout', 'churn@production'))
  expect(records.modelSha256()).toBe(sha256)
  return { ada, world }
}

function joinTeam(remote: TeamRemote, world: World): Trainer {
  const folder = join(temporaryFolder(), 'bob')
  gitIn('/', remote.variables, 'clone', '--quiet', remote.url, folder)
  return trusting(remote, trainerIn(world, folder))
}

/** A server that the records name is told by a person, once for each clone. */
function trusting(remote: TeamRemote, member: Trainer): Trainer {
  if (remote.namesServer) expect(done(member.mlv('remote', 'trust'))).toContain('which mlv.json names')
  return member
}

/** Both train, register and promote; then both push at the same moment. */
async function recordAtOnce(ada: Trainer, bob: Trainer): Promise<void> {
  const trained = [ada, bob].map((member, index) => {
    const sha256 = member.trainFor(2 + index)
    done(member.mlv('commit', '-m', `second, by ${index}`))
    done(member.mlv('promote', 'churn@v2', 'production'))
    return { member, sha256 }
  })
  const outcomes = await Promise.all(trained.map(({ member }) => member.start('push')))
  for (const outcome of outcomes) done(outcome)
  const told = outcomes.map(({ stdout }) => stdout)
  const second = told.findIndex((text) => text.includes('churn v2 is now v3: the remote had a v2 already'))
  expect(told.filter((text) => text.includes('is now'))).toHaveLength(1)
  const [loser, winner] = [trained[second], trained[1 - second]]
  if (loser === undefined || winner === undefined) throw new Error('expected one push to come second')

  // The winner's promotion stands, and the other is told how to redo theirs.
  expect(told[second]).toContain('not done: churn@production stays v2, it was to go to v3')
  done(loser.member.mlv('checkout', 'churn@production', '--force'))
  expect(loser.member.modelSha256()).toBe(winner.sha256)
  const command = /to do it all the same: mlv (.*)/.exec(told[second] ?? '')?.[1]
  expect(command).toBe('promote churn@v3 production')
  done(loser.member.mlv(...(command ?? '').split(' ')))
  done(loser.member.mlv('push'))
  done(winner.member.mlv('pull'))
  done(winner.member.mlv('checkout', 'churn@production', '--force'))
  expect(winner.member.modelSha256()).toBe(loser.sha256)
}

/** A job of continuous integration: the newest code and nothing before it, variables and nobody to ask. */
function runJob(remote: TeamRemote): void {
  const folder = join(temporaryFolder(), 'job')
  gitIn('/', remote.jobVariables, 'clone', '--quiet', '--depth=1', '--single-branch', remote.url, folder)
  const job = trainerIn(makeWorld({ variables: remote.jobVariables }), folder)
  done(job.mlv('fetch'))
  const sha256 = job.trainFor(4)
  done(job.mlv('commit', '-m', 'nightly'))
  done(job.mlv('push'))
  expect(versionsIn(job)).toEqual([1, 2, 3, 4])
  expect(job.modelSha256()).toBe(sha256)
}

/** The remote goes away, work goes on, and the next push sends what waited. */
async function workOffline(remote: TeamRemote, bob: Trainer): Promise<void> {
  done(bob.mlv('pull'))
  await remote.stop()
  bob.trainFor(5)
  done(bob.mlv('commit', '-m', 'on the train'))
  done(bob.mlv('promote', 'churn@v5', 'champion'))
  const refused = bob.mlv('push')
  expect([refused.exitCode, refused.stderr]).toEqual([6, expect.stringContaining('remote-unreachable')])
  expect(done(bob.mlv('status'))).toContain('2 ahead of origin/mlv')
  await remote.start()
  expect(done(bob.mlv('push'))).toContain('pushed 2 operations (mlv) to origin')
}

function versionsIn(member: Trainer): readonly number[] {
  const { versions } = JSON.parse(done(member.mlv('models', 'churn', '--json'))) as {
    versions: { version: { number: number } }[]
  }
  return versions.map(({ version }) => version.number).toSorted((one, other) => one - other)
}

/** What a command printed that must have gone well. */
function done({ exitCode, stdout, stderr }: Outcome): string {
  expect([exitCode, exitCode === 0 ? '' : stderr]).toEqual([0, ''])
  return stdout
}
