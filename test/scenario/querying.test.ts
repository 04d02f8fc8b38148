/**
 * Asking the runs: lists from the index, SQL and exports, as a person types them.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeChurnWorld, makeReadyWorld, makeWorld, train } from '../support/world.ts'
import type { World } from '../support/world.ts'

function trained(variables: NodeJS.ProcessEnv = {}): World {
  const world = variables['MLV_INDEX'] === undefined ? makeChurnWorld() : makeWorld({ variables })
  if (variables['MLV_INDEX'] !== undefined) world.mlv('init')
  for (const [lr, auc] of [
    [0.1, 0.9],
    [0.01, 0.95],
    [0.001, 0.85],
  ] as const) {
    train(world, { lr, auc, loss: 1 - auc })
    world.mlv('commit', '--param', `lr=${lr}`, '--metric', `auc=${auc}`, '--tag', 'first', '-m', `lr ${lr}`)
  }
  return world
}

test('SQL over runs, parameters and metrics', () => {
  const world = trained()
  world.mlv('promote', 'churn@v2', 'production')
  const lines = [
    world.say('sql', 'select experiment, status, count(*) as runs from runs group by 1, 2'),
    world.say(
      'sql',
      [
        'select p.value as lr, m.last as auc, m.goal from params p join metrics m using (run)',
        "where p.key = 'lr' and m.key = 'auc' order by auc desc",
      ].join(' '),
    ),
    world.say('sql', 'select model, version, retired from versions order by version'),
    world.say(
      'sql',
      [
        'select a.model, a.alias, r.message from aliases a',
        'join versions v using (model, version) join runs r on r.id = v.run',
      ].join(' '),
    ),
    world.say('sql', 'select tag, count(*), count(*) from tags group by tag'),
    world.say('sql', '--limit', '1', 'select message from runs order by created_at'),
    world.say('sql', '--json', "select key, type, value from params where key = 'seed' limit 1"),
  ]
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "$ mlv sql 'select experiment, status, count(*) as runs from runs group by 1, 2'
    experiment	status	runs
    churn	finished	3

    $ mlv sql 'select p.value as lr, m.last as auc, m.goal from params p join metrics m using (run) where p.key = 'lr' and m.key = 'auc' order by auc desc'
    lr	auc	goal
    0.01	0.95	max
    0.1	0.9	max
    0.001	0.85	max

    $ mlv sql 'select model, version, retired from versions order by version'
    model	version	retired
    churn	1	0
    churn	2	0
    churn	3	0

    $ mlv sql 'select a.model, a.alias, r.message from aliases a join versions v using (model, version) join runs r on r.id = v.run'
    model	alias	message
    churn	production	lr 0.01

    $ mlv sql 'select tag, count(*), count(*) from tags group by tag'
    tag	count(*)	count(*):1
    first	3	3

    $ mlv sql --limit 1 'select message from runs order by created_at'
    message
    lr 0.1
    there are more than 1 rows; see --limit

    $ mlv sql --json 'select key, type, value from params where key = 'seed' limit 1'
    {
      "columns": [
        "key",
        "type",
        "value"
      ],
      "rows": [
        [
          "seed",
          "integer",
          9223372036854775807
        ]
      ]
    }
    "
  `)
})

test('what is no question in SQL is refused, and changes nothing', () => {
  const world = trained()
  const queries = [
    'delete from runs',
    'with gone as (select 1) delete from runs',
    "attach 'other.db' as other",
    "select 1; attach 'other.db' as other",
    'select color from runs',
    "select readfile('mlv.yaml')",
    "select load_extension('evil')",
    '/* a comment alone */',
    "select 'a",
  ]
  const before = world.git('status', '--porcelain')
  expect(queries.map((query) => world.say('sql', query).split('\n')[1]).join('\n')).toMatchInlineSnapshot(`
    "mlv: the question in SQL was not answered: a question begins with SELECT, WITH or VALUES; nothing can be changed (sql-invalid)
    mlv: the question in SQL was not answered: near "delete": syntax error (sql-invalid)
    mlv: the question in SQL was not answered: a question begins with SELECT, WITH or VALUES; nothing can be changed (sql-invalid)
    mlv: the question in SQL was not answered: one statement is read, and more follow it (sql-invalid)
    mlv: the question in SQL was not answered: no such column: color (sql-invalid)
    mlv: the question in SQL was not answered: no such function: readfile (sql-invalid)
    mlv: the question in SQL was not answered: no such function: load_extension (sql-invalid)
    mlv: the question in SQL was not answered: a question begins with SELECT, WITH or VALUES; nothing can be changed (sql-invalid)
    mlv: the question in SQL was not answered: unrecognized token: "'a" (sql-invalid)"
  `)
  expect(world.git('status', '--porcelain')).toBe(before)
  expect(world.mlv('sql', 'select count(*) from runs').stdout).toBe('count(*)\n3\n')
})

test('a question that never ends is stopped', () => {
  const world = trained()
  const endless = 'with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r'
  expect(world.say('sql', '--timeout', '1', endless)).toMatchInlineSnapshot(`
    "$ mlv sql --timeout 1 'with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r'
    mlv: the question in SQL was not answered: it was stopped after 1 s (sql-invalid)
    why: SQLite answers one SELECT over the tables of the runs, and changes nothing
    next: run 'mlv help sql' for the tables and their columns
    [exit 2]
    "
  `)
})

test('exports are read back as they are', () => {
  const world = trained()
  world.mlv('commit', '--param', 'note==1+1', '--param', 'big=123456789012345678901', '-m', 'odd, "quoted"')
  const [titles = '', first = ''] = world.mlv('export').stdout.split('\n')
  expect(titles).toContain('id,experiment,status,')
  expect(titles).toContain('param.big,param.lr')
  expect(first).toContain('"odd, ""quoted"""')
  expect(first).toContain("'=1+1")
  const rows = world.mlv('export', '--format', 'jsonl').stdout.trim().split('\n')
  expect(rows.map((row) => (JSON.parse(row) as { 'param.note'?: string })['param.note'])).toEqual([
    '=1+1',
    undefined,
    undefined,
    undefined,
  ])
  expect(rows[0]).toContain('"param.big":"123456789012345678901"')
  expect(world.say('export', '--long', '-f', 'metric.auc > 0.92')).toMatchInlineSnapshot(`
    "$ mlv export --long -f 'metric.auc > 0.92'
    run,key,last,min,max,best,best_step,count,goal,tolerance,unit
    <id1>,auc,0.95,0.95,0.95,0.95,,1,max,0.001,
    <id1>,loss,0.050000000000000044,0.050000000000000044,0.050000000000000044,0.050000000000000044,,1,min,0,
    "
  `)
  expect(world.say('export', '--format', 'parquet', '--output', 'runs.parquet')).toMatchInlineSnapshot(`
    "$ mlv export --format parquet --output runs.parquet
    wrote 4 rows of 23 columns to runs.parquet
    "
  `)
  expect(readFileSync(join(world.folder, 'runs.parquet')).subarray(0, 4).toString()).toBe('PAR1')
  expect(world.say('export', '--format', 'parquet')).toMatchInlineSnapshot(`
    "$ mlv export --format parquet
    mlv: Parquet is not text: name a file with --output (usage-invalid)
    why: the command line was not understood, so nothing was done
    next: run 'mlv help export' for what it accepts
    [exit 2]
    "
  `)
})

test('an export to where no file can be is refused, with what helps', () => {
  const world = trained()
  const missing = world.mlv('export', '--format', 'csv', '--output', 'missing/folder/runs.csv')
  expect(missing.exitCode).toBe(3)
  expect(missing.stderr).toContain('(output-invalid)')
  expect(missing.stderr).toContain("there is no folder 'missing/folder'")
  expect(missing.stderr).toContain('mkdir -p missing/folder')
  expect(existsSync(join(world.folder, 'missing'))).toBe(false)
  const folder = world.mlv('export', '--format', 'parquet', '--output', '.')
  expect(folder.stderr).toContain('it is a folder')
  expect(folder.stderr).toContain('mlv export --output FILE')
})

test('lists, revisions and SQL are the same with the index, without it, and with a broken one', () => {
  const world = trained({ MLV_INDEX: 'always' })
  const index = join(world.folder, '.git/mlv/index/runs')
  const ask = (): string =>
    [
      ['ls', '--json'],
      ['ls', '-f', 'metric.auc > 0.88 and tag:first', '-s', '-metric.auc', '-c', 'param.lr,metric.auc'],
      ['ls', '--group', 'param.lr'],
      ['show', 'best:max:auc', '--json'],
      ['show', 'HEAD', '--json'],
      ['sql', 'select r.message, m.last from runs r join metrics m on m.run = r.id order by 1'],
    ]
      .map((args) => world.mlv(...args).stdout)
      .join('\n')
  const first = ask()
  expect(existsSync(index)).toBe(true)
  const bytes = readFileSync(index)
  world.write('.git/mlv/index/runs', bytes.subarray(0, bytes.length / 2))
  expect(ask()).toBe(first)
  world.write('.git/mlv/index/runs', 'of another mlv')
  expect(ask()).toBe(first)
  world.git('update-ref', 'refs/heads/mlv', 'mlv~1')
  expect(world.json('ls')).toMatchObject({ runs: [{}, {}] })
})

test('keys and texts that look like SQL are only keys and texts', () => {
  const world = makeReadyWorld()
  const key = `x'); drop table runs; --"😀`
  world.mlv('commit', '--metric', `${key}=1`, '--param', `${key}=${key}`)
  expect(world.mlv('sql', 'select m.key, p.value from metrics m join params p using (run)').stdout).toBe(
    `key\tvalue\n${key}\t${key}\n`,
  )
  expect(world.mlv('ls', '-f', `param."${key.replace('"', '\\"')}" ~ "drop table"`, '-c', 'status').exitCode).toBe(0)
})
