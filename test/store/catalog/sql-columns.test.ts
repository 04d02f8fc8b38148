/**
 * Which columns a question may read: too many cost time, one too few would be a wrong answer.
 */
import { expect, test } from 'vitest'
import { columnsIn, SQL_TABLES } from '../../../src/store/catalog/sql-tables.ts'

const named = (sql: string): readonly (string | undefined)[] =>
  columnsIn(sql, 'metrics').map((place) => SQL_TABLES.metrics[place]?.split(' ')[0])
const ALL = SQL_TABLES.metrics.map((column) => column.split(' ')[0])

test.each([
  ['select key, avg(last) from metrics group by key', ['key', 'last']],
  ['select count(*) from metrics', ['count']],
  ['SELECT MAX(Best) FROM Metrics', ['max', 'best']],
  ['select "last" from metrics join runs on metrics.run = runs.id', ['run', 'last']],
  ['select avg(m.last) from params p join metrics m using (run)', ['run', 'last']],
  ['select 1 from metrics', ['run']],
])('of %s only what it names is filled', (sql, columns) => {
  expect(named(sql)).toEqual(columns)
})

test.each([
  'select * from metrics',
  'select m.* from metrics m',
  'select count(*), m.* from metrics m',
  'select key from runs natural join metrics',
  'select last * 2 from metrics',
])('of %s everything is filled', (sql) => {
  expect(named(sql)).toEqual(ALL)
})
