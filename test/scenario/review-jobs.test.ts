/**
 * Jobs that review a request as GitHub starts them: nginx serves the repository behind a password, `actions/checkout`
 * fetched one commit of it, which is a merge of base and head, and the base is not always what it was.
 */
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeRequestWorld } from '../support/request-world.ts'
import type { RequestWorld } from '../support/request-world.ts'
import { GIT_USER, hasServer, startServer } from '../support/servers.ts'
import type { RunningServer } from '../support/servers.ts'

const isServed = hasServer('git-http', 'review-jobs.test.ts')
const root = realpathSync(mkdtempSync(join(tmpdir(), 'mlv-review-jobs-')))
let server: RunningServer | undefined

beforeAll(async () => {
  if (isServed) server = await startServer('git-http', { root })
})

afterAll(async () => {
  await server?.close()
  rmSync(root, { recursive: true, force: true, maxRetries: 5 })
})

let count = 0

/** A repository below the served folder. */
function servedPath(): string {
  count += 1
  const folder = join(root, `team-${count}`)
  mkdirSync(folder)
  return join(folder, 'models.git')
}

/** Checks a ref out as actions/checkout does: one commit, and the token as a header in the clone's configuration. */
function checkout({ bare }: RequestWorld, ref: string): string {
  const folder = join(temporaryFolder(), 'work')
  mkdirSync(folder)
  const git = (...args: readonly string[]): string => runGit(folder, args)
  const header = `AUTHORIZATION: basic ${Buffer.from(`${GIT_USER.username}:${GIT_USER.password}`).toString('base64')}`
  git('init', '--quiet')
  git('remote', 'add', 'origin', isServed ? `${server?.origin ?? ''}${bare.slice(root.length)}` : `file://${bare}`)
  git('config', '--local', `http.${server?.origin ?? 'http://127.0.0.1'}/.extraheader`, header)
  git('fetch', '--quiet', '--no-tags', '--depth=1', 'origin', `+${ref}:refs/remotes/pull/7/merge`)
  git('checkout', '--quiet', '--force', 'refs/remotes/pull/7/merge')
  return folder
}

/** Lets `main` go on by one commit and merges the request into it, as a forge keeps it for its jobs. */
function mergeOnForge({ author }: RequestWorld): string {
  author.git('switch', '--quiet', 'main')
  author.write('README.md', 'of the base\n')
  author.git('add', '.')
  author.git('commit', '--quiet', '--message=Read me')
  const base = author.git('rev-parse', 'HEAD')
  author.git('switch', '--quiet', '--detach')
  author.git('merge', '--quiet', '--no-ff', '--message=Merge 7', 'wider')
  author.git('push', '--quiet', '--force', 'origin', 'main', 'HEAD:refs/pull/7/merge')
  return base
}

test('a checkout of the merge: runs of the branch count, and so do runs that the job made of it', async () => {
  const world = await makeRequestWorld('github', { bare: servedPath() })
  const { author, forge, push, job } = world
  push('Wider', [0.95, 0.954, 0.952])
  const base = mergeOnForge(world)
  const folder = checkout(world, 'refs/pull/7/merge')
  const first = await job(['pr', 'comment', '--exit-code'], { folder, base })
  expect(first).toMatchObject({ exitCode: 0, stderr: '', stdout: '#7: comment 1 on churn created\n' })
  expect(forge.comments[0]?.body).toContain('### `churn`: 1 better')
  expect(forge.comments[0]?.body).toMatch(/`main@[0-9a-f]{7} \(3 runs\)` → `[0-9a-f]{7} \(3 runs\)`/)
  expect(forge.comments[0]?.body).not.toMatch(/^>/m)
  expect((await job(['gate'], { folder, base })).stdout).toContain('passed: 2 of 2 rules kept')

  author.write('metrics.json', '{"auc": 0.5}')
  author.mlv('commit', '--param', 'seed=0')
  author.mlv('push')
  expect((await job(['pr', 'comment', '--exit-code'], { folder, base })).exitCode).toBe(1)
  expect(forge.comments[0]?.body).toMatch(/→ `[0-9a-f]{7} merged as [0-9a-f]{7} \(1 run\)`/)
  expect(forge.comments[0]?.body).toContain(
    '> `the runs of the head are of what the forge made by merging it into the base`',
  )
})

test('a base that was rewritten is compared with all the same, and that is told', async () => {
  const world = await makeRequestWorld('github', { bare: servedPath() })
  const { author, forge, push, job } = world
  push('Wider', [0.95, 0.954, 0.952])
  const folder = checkout(world, 'refs/heads/wider')
  author.git('switch', '--quiet', '--orphan', 'again')
  author.git('checkout', '--quiet', 'main', '--', '.')
  author.git('commit', '--quiet', '--message=Rewritten')
  author.git('push', '--quiet', '--force', 'origin', 'again:main')
  expect(await job(['pr', 'comment'], { folder, base: author.git('rev-parse', 'again') })).toMatchObject({
    exitCode: 0,
  })
  // Its tree is what it was, so its runs are found.
  expect(forge.comments[0]?.body).toContain('### `churn`: 1 better')
  expect(forge.comments[0]?.body).toContain(
    '> `base and head have no commit in common, so the base may have been rewritten`',
  )
})

test('a rebase onto other code is other code: it has no run before somebody runs it', async () => {
  const world = await makeRequestWorld('github', { bare: servedPath() })
  const { author, forge, push, job } = world
  push('Wider', [0.95])
  const base = mergeOnForge(world)
  author.git('switch', '--quiet', 'wider')
  author.git('rebase', '--quiet', 'main')
  author.git('push', '--quiet', '--force', 'origin', 'wider')
  forge.request.head = author.git('rev-parse', 'wider')
  const folder = checkout(world, 'refs/heads/wider')
  expect((await job(['pr', 'comment', '--exit-code'], { folder, base })).exitCode).toBe(1)
  expect(forge.comments[0]?.body).toContain('`no finished run was made from the code of this change`')
})

test('the first run of all, and a version in production that is gone', async () => {
  const config =
    'metrics: [metrics.json]\nartifacts: [model.bin]\nmodel: { name: churn, path: model.bin }\ngoals: { auc: max }\n'
  const world = await makeRequestWorld('github', { bare: servedPath(), baseValues: [], config })
  const { author, forge, push, job } = world
  author.write('model.bin', 'weights')
  push('Wider', [0.95])
  expect((await job(['pr', 'comment'])).exitCode).toBe(0)
  expect(forge.comments[0]?.body).toContain('### `churn`: 1 new\n')
  expect(forge.comments[0]?.body).toContain(
    '`there is nothing to compare with: no run was made from the code of the base`',
  )

  author.mlv('promote', 'churn@v1', 'production')
  author.write('model.bin', 'other weights')
  push('Wider still', [0.96])
  expect((await job(['pr', 'comment'])).exitCode).toBe(0)
  expect(forge.comments[0]?.body).toContain('`churn@production (v1) (1 run)` → ')
  expect(forge.comments[0]?.body).toContain('so the version in production stands for it')

  const folder = join(temporaryFolder(), 'records')
  author.git('worktree', 'add', '--quiet', folder, 'mlv')
  runGit(folder, ['rm', '--quiet', '-r', 'models/churn/versions/1'])
  runGit(folder, ['commit', '--quiet', '--message=By hand'])
  runGit(folder, ['push', '--quiet', 'origin', 'mlv'])
  expect((await job(['pr', 'comment'])).exitCode).toBe(0)
  expect(forge.comments[0]?.body).toContain('`churn@production names v1, which is no longer on the branch`')
})

test('many models in one repository: each has the mlv.yaml of its folder, and a touched one must run', async () => {
  const world = await makeRequestWorld('github', { bare: servedPath(), config: 'experiment: all\n', baseValues: [] })
  const { author, forge, bare, job } = world
  author.git('switch', '--quiet', 'main')
  for (const [name, least] of [
    ['churn', 0.9],
    ['fraud', 0.5],
    ['idle', 0],
  ] as const) {
    const gates = `gates: { metrics: { auc: { min: ${least} } } }\nevaluation: { table: eval.csv, key: id, pass: ok }\n`
    author.write(
      `${name}/mlv.yaml`,
      `experiment: ${name}\nmetrics: [metrics.json]\nartifacts: [eval.csv]\ngoals: { auc: max }\n${gates}`,
    )
    author.write(`${name}/train.py`, 'print(0)\n')
  }
  author.git('rm', '--quiet', 'mlv.yaml')
  author.git('add', '.')
  author.git('commit', '--quiet', '--message=Many models')
  const inFolder = (name: string, auc: number, passed: string): void => {
    author.write(`${name}/metrics.json`, JSON.stringify({ auc }))
    author.write(`${name}/eval.csv`, `id,ok\na,1\nb,${passed}\n`)
    expect(author.mlv('-C', name, 'commit')).toMatchObject({ exitCode: 0 })
  }
  inFolder('churn', 0.95, '1')
  const base = author.git('rev-parse', 'HEAD')
  author.git('switch', '--quiet', '--force-create', 'wider')
  author.write('churn/train.py', 'print(1)\n')
  author.write('fraud/train.py', 'print(1)\n')
  author.git('commit', '--quiet', '--all', '--message=Both')
  inFolder('churn', 0.7, '0')
  author.git('push', '--quiet', '--force', 'origin', 'main', 'wider')
  author.mlv('push')
  forge.request.head = author.git('rev-parse', 'HEAD')
  const { stdout, exitCode } = await job(['gate'], { folder: checkout(world, 'refs/heads/wider'), base })
  expect(bare).toContain('models.git')
  expect(exitCode).toBe(1)
  expect(stdout.replace(/\b[0-9a-f]{7}\b/g, '<sha>')).toMatchInlineSnapshot(`
    "churn main@<sha> -> <sha> (churn/mlv.yaml of main)
      failed  auc ↑  at least 0.9  0.7
      failed  auc ↑  no worse      worse by 0.25  (no repeats tell how much is chance)
      passed  runs   at least 1    1
    failed: 2 of 3 rules broken

    fraud nothing -> no run (fraud/mlv.yaml of main)
      failed  runs  at least 1  0  (no finished run of this change was found)
      no finished run was made from the code of this change
      there is nothing to compare with: no run was made from the code of the base
    failed: 1 of 1 rules broken
    "
  `)
  const report = await job(['pr', 'report'], { folder: checkout(world, 'refs/heads/wider'), base })
  expect(report.stdout).toContain('1 of 2 now fail')
})
