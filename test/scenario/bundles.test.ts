/** Machines that no network reaches: bundles carry the records there and back, and plain programs read them. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { GIT_VARIABLES, temporaryFolder } from '../support/repository.ts'
import { memberOf } from '../support/shared-world.ts'
import type { Member } from '../support/shared-world.ts'
import { fingerprint, makeChurnWorld, makeWorld, scrub, train } from '../support/world.ts'
import type { World } from '../support/world.ts'

const LARGE = Buffer.alloc(900_000, 'weights of v1;')

/** A repository with two versions, and a folder that stands for the stick. */
function makeField(): { readonly world: World; readonly stick: string } {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.9, loss: 0.3 })
  world.write('model/weights.bin', LARGE)
  world.mlv('commit', '-m', 'first')
  world.mlv('promote', 'churn@v1', 'production')
  return { world, stick: temporaryFolder() }
}

/** Runs mlv with the folders that differ called by their names. */
function say(world: World, stick: string, ...args: readonly string[]): string {
  const text = world.say(...args).replaceAll(stick, '<stick>')
  return scrub(text, world.folder).replace(/[0-9.]+ [kM]B; /, '<size>; ')
}

test('records and files go to a machine without a network and come back, and nobody loses anything', () => {
  const { world, stick } = makeField()
  const [there, back] = [join(stick, 'there.mlv'), join(stick, 'back.mlv')]
  expect(say(world, stick, 'bundle', there)).toMatchInlineSnapshot(`
    "$ mlv bundle <stick>/there.mlv
    bundled 3 operations (mlv) and 1 artifact, 900 kB, into <stick>/there.mlv
    <size>; 'mlv unbundle <stick>/there.mlv' takes it in
    "
  `)
  expect(say(world, stick, 'unbundle', there, '--into', join(stick, 'field'))).toMatchInlineSnapshot(`
    "$ mlv unbundle <stick>/there.mlv --into <stick>/field
    made a repository in <stick>/field
    took in 3 operations (mlv) from there.mlv
    brought 1 artifact, 900 kB
    "
  `)
  const field = memberOf(world, join(stick, 'field'))
  field.mlv('checkout', 'churn@production', '--to', 'served')
  expect(readFileSync(join(field.folder, 'served/weights.bin')).equals(LARGE)).toBe(true)

  // Both record; the one who takes the other's in puts its own on top.
  field.train('in the field', 0.95)
  train(world, { lr: 0.2, auc: 0.93, loss: 0.2 })
  world.mlv('commit', '-m', 'at home')
  expect(sayIn(field, world, stick, 'bundle', back, '--since', there)).toMatchInlineSnapshot(`
    "$ mlv bundle <stick>/back.mlv --since <stick>/there.mlv
    bundled 1 operation (mlv) without artifacts, into <stick>/back.mlv
    <size>; 'mlv unbundle <stick>/back.mlv' takes it in
    it goes on from what the other side has already
    "
  `)
  expect(say(world, stick, 'unbundle', back)).toMatchInlineSnapshot(`
    "$ mlv unbundle <stick>/back.mlv
    took in 1 operation (mlv) from back.mlv
    put 1 operation of this repository on top of those of back.mlv
    churn v2 is now v3: the remote had a v2 already
    "
  `)
  expect(say(world, stick, 'unbundle', back)).toMatchInlineSnapshot(`
    "$ mlv unbundle <stick>/back.mlv
    back.mlv has nothing new
    "
  `)
  expect(messages(world.mlv('models', 'churn').stdout)).toEqual(['v3 at home', 'v2 in the field', 'v1 first'])
  expect(world.mlv('fsck', '--full').exitCode).toBe(0)

  // And home again: the field takes what it lacks, by what it brought itself.
  world.mlv('bundle', join(stick, 'third.mlv'), '--since', back)
  expect(sayIn(field, world, stick, 'unbundle', join(stick, 'third.mlv'))).toMatchInlineSnapshot(`
    "$ mlv unbundle <stick>/third.mlv
    took in 1 operation (mlv) from third.mlv
    brought 1 artifact, 40.0 kB
    "
  `)
  expect(field.mlv('models', 'churn', '--json').stdout).toBe(world.mlv('models', 'churn', '--json').stdout)
  expect(field.mlv('fsck', '--full').exitCode).toBe(0)
})

test('bundles that cross on their way end alike when one is taken in once more', () => {
  const { world, stick } = makeField()
  const name = (text: string): string => join(stick, `${text}.mlv`)
  world.mlv('bundle', name('start'))
  world.mlv('unbundle', name('start'), '--into', join(stick, 'field'))
  const field = memberOf(world, join(stick, 'field'))
  field.train('theirs', 0.95)
  world.mlv('note', '@', '-m', 'seen')
  field.mlv('bundle', name('theirs'), '--since', name('start'))
  world.mlv('bundle', name('ours'), '--since', name('start'))
  expect(field.mlv('unbundle', name('ours')).exitCode).toBe(0)
  expect(world.mlv('unbundle', name('theirs')).exitCode).toBe(0)
  world.mlv('bundle', name('whole'))
  expect(field.mlv('unbundle', name('whole')).exitCode).toBe(0)
  expect(tipOf(field.folder)).toBe(tipOf(world.folder))
})

test('a bundle without what is before it is refused, with what to do', () => {
  const { world, stick } = makeField()
  world.mlv('bundle', join(stick, 'first.mlv'))
  world.mlv('note', '@', '-m', 'later')
  world.mlv('bundle', join(stick, 'second.mlv'), '--since', join(stick, 'first.mlv'))
  const into = join(stick, 'field')
  const told = say(world, stick, 'unbundle', join(stick, 'second.mlv'), '--into', into)
  expect(told).toMatchInlineSnapshot(`
    "$ mlv unbundle <stick>/second.mlv --into <stick>/field
    mlv: '<stick>/second.mlv' goes on from 2 commits that this repository does not have (bundle-incomplete)
    why: it was made without what an earlier bundle holds: '<commit1>', '<commit2>'
    next: take in the bundle before it first, or have one made without --since
    [exit 3]
    "
  `)
  expect(existsSync(into)).toBe(false)
  const other = makeWorld()
  const before = fingerprint(other)
  expect(other.mlv('unbundle', join(stick, 'second.mlv')).stderr).toContain('bundle-incomplete')
  expect(fingerprint(other)).toBe(before)
})

test('a machine where nobody has a name takes bundles in, again and again', () => {
  const { world, stick } = makeField()
  world.mlv('bundle', join(stick, 'a.mlv'))
  const nameless = {
    GIT_AUTHOR_NAME: undefined,
    GIT_AUTHOR_EMAIL: undefined,
    GIT_COMMITTER_NAME: undefined,
    GIT_COMMITTER_EMAIL: undefined,
  }
  const server = makeWorldWithout(nameless)
  const into = ['--into', join(stick, 'server')]
  expect(server.mlv('unbundle', join(stick, 'a.mlv'), ...into)).toMatchObject({ exitCode: 0 })
  world.mlv('note', '@', '-m', 'more')
  world.mlv('bundle', join(stick, 'b.mlv'), '--since', join(stick, 'a.mlv'))
  expect(server.mlv('unbundle', join(stick, 'b.mlv'), ...into)).toMatchObject({ exitCode: 0 })
  expect(tipOf(join(stick, 'server'))).toBe(tipOf(world.folder))
})

test('a split layout goes along whole', () => {
  const world = makeWorld()
  const stick = temporaryFolder()
  world.mlv('init', '--layout', 'split')
  memberOf(world, world.folder).train('first', 0.9)
  world.mlv('bundle', join(stick, 'x.mlv'))
  const { fetched } = world.json('unbundle', join(stick, 'x.mlv'), '--into', join(stick, 'b')) as {
    fetched: readonly { ref: string }[]
  }
  expect(fetched.map(({ ref }) => ref)).toEqual(['refs/heads/mlv', 'refs/heads/mlv-runs'])
  const field = memberOf(world, join(stick, 'b'))
  field.train('second', 0.95)
  field.mlv('bundle', join(stick, 'y.mlv'), '--since', join(stick, 'x.mlv'))
  expect(world.mlv('unbundle', join(stick, 'y.mlv')).exitCode).toBe(0)
  expect(world.mlv('fsck').exitCode).toBe(0)
  expect(tipOf(field.folder)).toBe(tipOf(world.folder))
})

function sayIn(member: Member, world: World, stick: string, ...args: readonly string[]): string {
  const text = member.say(...args).replaceAll(stick, '<stick>')
  return scrub(text, world.folder).replace(/[0-9.]+ [kM]B; /, '<size>; ')
}

/** Number and message of each row of a table of versions. */
function messages(table: string): readonly string[] {
  const rows = table.trim().split('\n').slice(1)
  return rows.map((row) => [row.split('\t').at(0), row.split('\t').at(-1)].join(' '))
}

function tipOf(folder: string): string {
  return execFileSync('git', ['-C', folder, 'rev-parse', 'refs/heads/mlv'], { env: GIT_VARIABLES }).toString()
}

function makeWorldWithout(variables: NodeJS.ProcessEnv): World {
  return makeWorld({ variables })
}
