/**
 * Models side by side, now and as they were; and which version made a metric what it is.
 */
import { expect, test } from 'vitest'
import { makeReadyWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

function record(
  world: World,
  model: string,
  facts: { readonly auc: number; readonly lr: number; readonly loss?: number },
): void {
  world.write(`${model}.bin`, `${model} ${facts.lr}`)
  const loss = facts.loss === undefined ? [] : ['--metric', `loss=${facts.loss}`]
  const args = [
    '--param',
    `lr=${facts.lr}`,
    '--metric',
    `auc=${facts.auc}`,
    ...loss,
    '--model',
    `${model}=${model}.bin`,
  ]
  expect(world.mlv('commit', ...args)).toMatchObject({ exitCode: 0 })
}

/** Three models, two of them in production. */
function makeModels(): World {
  const world = makeReadyWorld()
  world.write('mlv.yaml', 'goals: { auc: { goal: max, tolerance: 0.001 }, loss: { goal: min } }\n')
  world.write('.gitignore', '*.bin\n')
  world.git('add', '.')
  world.git('commit', '--quiet', '--message=Configure')
  record(world, 'churn', { auc: 0.92, lr: 0.1, loss: 0.5 })
  record(world, 'churn', { auc: 0.93, lr: 0.2, loss: 0.6 })
  record(world, 'churn-eu', { auc: 0.9305, lr: 0.2 })
  record(world, 'uplift', { auc: 0.7, lr: 0.3 })
  world.mlv('promote', 'churn@v2', 'production')
  world.mlv('promote', 'churn-eu@v1', 'production')
  return world
}

/** Gives each commit of the branch a day of its own, from the first of May on, as if the history were that long. */
function spreadOverDays(world: World): void {
  let parent: readonly string[] = []
  for (const [day, commit] of world
    .git('rev-list', '--reverse', '--first-parent', 'mlv')
    .trim()
    .split('\n')
    .entries()) {
    const made = world.git(
      'commit-tree',
      `${commit}^{tree}`,
      ...parent,
      '-m',
      world.git('log', '-1', '--format=%B', commit),
    )
    const dated = world
      .git('cat-file', 'commit', made.trim())
      .replace(/^(author|committer) (.*) \d+ \+0000$/gm, `$1 $2 ${Date.UTC(2026, 4, 1 + day, 12) / 1000} +0000`)
    world.write('.git/dated', dated)
    parent = ['-p', world.git('hash-object', '-t', 'commit', '-w', '.git/dated').trim()]
  }
  world.git('update-ref', 'refs/heads/mlv', parent[1] ?? '')
}

test('the board ranks what is in production, and marks the best and what is as good', () => {
  const world = makeModels()
  expect(dateless(world.say('board', '--format', 'markdown'))).toMatchInlineSnapshot(`
    "$ mlv board --format markdown
    | model | version | since | \`auc\` ↑ | \`loss\` ↓ |
    | --- | --- | --- | ---: | ---: |
    | \`churn-eu\` | v1 | <date> | **0.9305** |  |
    | \`churn\` | v2 | <date> | **0.9300** | 0.6000 |
    without production: uplift
    "
  `)
  expect(dateless(world.say('board', '--metric', 'auc', '--format', 'csv'))).toMatchInlineSnapshot(`
    "$ mlv board --metric auc --format csv
    model,alias,version,since,created,auc,best
    churn-eu,production,v1,<time>,<time>,0.9305,auc
    churn,production,v2,<time>,<time>,0.93,auc
    without production: uplift
    "
  `)
  expect(world.say('board', '--models', 'up*,nothing')).toMatchInlineSnapshot(`
    "$ mlv board --models 'up*,nothing'
    model	alias	version	since	created	best
    without production: uplift
    "
  `)
  expect(world.say('board', '--metric', 'acu')).toMatchInlineSnapshot(`
    "$ mlv board --metric acu
    mlv: no metric is called 'acu' (metric-not-found)
    why: the closest metrics are 'auc'
    next: run 'mlv show @' for the metrics of the newest run
    [exit 3]
    "
  `)
})

function dateless(text: string): string {
  return text.replace(/\d{4}-\d{2}-\d{2}/g, '<date>')
}

test('the board of a past date is byte for byte what was printed then', () => {
  const world = makeModels()
  const formats = [[], ['--format', 'markdown'], ['--format', 'csv'], ['--json']]
  spreadOverDays(world)
  const tip = world.git('rev-parse', 'mlv').trim()
  const saved = formats.map((format) => world.mlv('board', ...format).stdout)
  const days = world.git('rev-list', '--count', '--first-parent', 'mlv').trim()
  record(world, 'churn', { auc: 0.99, lr: 0.4, loss: 0.1 })
  world.mlv('promote', 'churn@v3', 'production')
  const then = `2026-05-${days.padStart(2, '0')}`
  expect(formats.map((format) => world.mlv('board', '--at', then, ...format).stdout)).toEqual(saved)
  expect(formats.map((format) => world.mlv('board', '--at', tip, ...format).stdout)).toEqual(saved)
  expect(world.mlv('board').stdout).not.toBe(saved[0])
})

test('blame names the version that last moved each metric, what changed in it, and when it was promoted', () => {
  const world = makeModels()
  expect(dateless(world.say('blame', 'churn'))).toMatchInlineSnapshot(`
    "$ mlv blame churn
    churn@v2, production since <time> UTC

    auc ↑  0.9300
      improved  v2  0.9200 -> 0.9300  (+0.0100)  parameters  Ada Example, <date>  promoted <date>

    loss ↓  0.6000
      worsened  v2  0.5000 -> 0.6000  (+0.1000)  parameters  Ada Example, <date>  promoted <date>
    "
  `)
  record(world, 'churn', { auc: 0.9305, lr: 0.3, loss: 0.4 })
  record(world, 'churn', { auc: 0.5, lr: 0.4, loss: 0.9 })
  world.mlv('retire', 'churn@v4', '--reason', 'broken')
  record(world, 'churn', { auc: 0.9304, lr: 0.5, loss: 0.4 })
  expect(dateless(world.say('blame', 'churn@v5'))).toMatchInlineSnapshot(`
    "$ mlv blame churn@v5
    churn@v5, not production

    auc ↑  0.9304
      improved  v2  0.9200 -> 0.9300  (+0.0100)  parameters  Ada Example, <date>  promoted <date>

    loss ↓  0.4000
      improved  v3  0.6000 -> 0.4000  (-0.2000)  parameters  Ada Example, <date>  never promoted
      worsened  v2  0.5000 -> 0.6000  (+0.1000)  parameters  Ada Example, <date>  promoted <date>
    "
  `)
  expect(world.json('blame', 'churn@latest')).toMatchObject({
    champion: { number: 5 },
    alias: 'production',
    metrics: [
      { key: 'auc', since: 1, improved: { number: 2, from: 1, causes: [{ cause: 'parameters' }] } },
      { key: 'loss', improved: { number: 3, from: 2 }, worsened: { number: 2, from: 1 } },
    ],
  })
  expect(world.say('blame', 'chrn')).toContain('(model-not-found)')
})
