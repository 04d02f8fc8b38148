/**
 * Row P13: names of artifacts that mean another file once something decodes them. Nothing here decodes a name: it is
 * a file of that very name, or it is refused.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runGit, temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld, memberOf } from '../support/shared-world.ts'
import { MLV } from '../support/world.ts'

/** What other trackers were broken by. */
const NAMES = [
  '../config.json',
  '%2e%2e%2fconfig.json',
  '%252e%252e%252fconfig.json',
  '..%5cconfig.json',
  '..\\config.json',
  '%c0%ae%c0%ae/config.json',
  ';/../config.json',
  'x?path=config.json&path=../config.json',
  '/etc/passwd',
  'file:///etc/passwd',
  'file://localhost/../etc/passwd',
  'dbfs:/etc/passwd',
  'runs:/../config.json',
]

test('P13: a file to get is one that is recorded, by its very name, or none', () => {
  const { ada, bare } = makeSharedWorld()
  runGit(bare, ['config', 'uploadpack.allowFilter', 'true'])
  const folder = join(temporaryFolder(), 'ken')
  mkdirSync(folder)
  const ken = memberOf(ada, folder)
  for (const name of NAMES) {
    const refused = ken.mlv('get', `${bare}#churn@v1`, '--file', 'config.json', '--file', name)
    expect([name, refused.exitCode, refused.stdout]).toEqual([name, 3, ''])
    expect(refused.stderr).toContain('(file-not-found)')
  }
  expect(readdirSync(folder)).toEqual([])
  for (const url of ['http:///#/../../etc/', 'dbfs:/x', 'file://localhost/../etc', 'runs:/../x']) {
    const refused = ken.mlv('get', `${url}#churn@v1`)
    expect([url, refused.exitCode === 4 || refused.exitCode === 6]).toEqual([url, true])
  }
})

test('P13: what is recorded by such a name is a file in the worktree, or is refused', () => {
  const { ada } = makeSharedWorld()
  const before = ada.git('for-each-ref', 'refs/heads/mlv')
  for (const name of NAMES) {
    for (const option of [
      ['--artifact', name],
      ['--model', `churn=${name}`],
    ]) {
      const refused = ada.mlv('commit', '--metric', 'auc=1', ...option)
      expect([name, refused.exitCode === 3 || refused.exitCode === 4]).toEqual([name, true])
    }
  }
  expect(ada.git('for-each-ref', 'refs/heads/mlv')).toBe(before)
})

test('P13: a file whose own name looks decoded or not comes back by that name', () => {
  const { ada } = makeSharedWorld()
  for (const name of ['%2e%2e%2fevil', '%252e%252e%252fevil', ';a', 'x&path=y']) ada.write(`model/${name}`, name)
  expect(ada.mlv('commit', '-m', 'odd', '--metric', 'auc=0.95', '--model', 'churn=model').exitCode).toBe(0)
  expect(ada.mlv('checkout', 'churn@v2', '--to', 'placed').exitCode).toBe(0)
  const placed = join(ada.folder, 'placed')
  const found = readdirSync(placed).toSorted()
  expect(found).toEqual(['%252e%252e%252fevil', '%2e%2e%2fevil', ';a', 'config.json', 'x&path=y'])
  expect(readFileSync(join(placed, '%2e%2e%2fevil'), 'utf8')).toBe('%2e%2e%2fevil')
  expect(existsSync(join(ada.folder, 'evil'))).toBe(false)
})

test('P13: a logged artifact is a file, by a name below the run', () => {
  const { ada } = makeSharedWorld()
  ada.write('out.txt', 'out')
  const names = ['../x', '..\\x', '/etc/x', 'C:x', 'a/../../x', '.git/hooks/x']
  const mlv = `'${process.execPath}' '${MLV}'`
  ada.write('log.sh', names.map((name) => `${mlv} log-artifact out.txt --name '${name}'\necho $? >>codes`).join('\n'))
  expect(ada.mlv('run', '--', 'sh', 'log.sh').exitCode).toBe(0)
  expect(ada.read('codes').trim().split('\n')).toEqual(names.map(() => '4'))
  const recorded = ada.git('ls-tree', '-r', '--name-only', 'mlv').split('\n')
  expect(recorded.filter((path) => /(?:^|\/)(?:out\.txt|x)$/.test(path))).toEqual([])
})
