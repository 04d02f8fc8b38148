/**
 * Rows D1 to D5: parameter, metric and configuration files of the user, and manifests on the branch, that would harm
 * their reader or be read in two ways.
 */
import { expect, test } from 'vitest'
import { FILES_MANIFEST, forgeBranch, makeVictim, refusedLine, VERSION_MANIFEST } from '../support/hostile-branch.ts'
import type { World } from '../support/world.ts'

const BOMB = ['a: &a [x, x]', ...Array.from({ length: 9 }, (_, at) => `b${at}: [*a, *a]`), ''].join('\n')
const DEEP = `${Array.from({ length: 70 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')} 1\n`

test('D1: YAML aliases, merge keys and tags are refused in every file mlv reads', () => {
  const world = makeVictim()
  expect(commitWith(world, 'params.yaml', BOMB)).toMatch(/^mlv: params\.yaml:1:4: .* \(document-feature\)$/)
  expect(commitWith(world, 'params.yaml', 'a: {<<: {b: 1}}\n')).toMatch(/\((?:document-feature)\)$/)
  expect(commitWith(world, 'params.yaml', 'a: !!omap []\n')).toMatch(/\(document-feature\)$/)
  expect(commitWith(world, 'mlv.yaml', BOMB)).toMatch(/^mlv: mlv\.yaml:1:4: .* \(document-feature\)$/)
  expect(branchWith(world, VERSION_MANIFEST, BOMB)).toMatch(/version\.yaml:1:4: .* \(document-feature\)$/)
})

test('D2: keys that name built-ins are plain data', () => {
  const world = makeVictim()
  world.write('params.yaml', '__proto__:\n  admin: true\nconstructor: 1\n')
  world.write('metrics.json', '{"__proto__": 1, "toString": 2}')
  const { run } = world.json('commit', '-m', 'x') as { run: { parameters: object; metrics: object } }
  expect(JSON.stringify(run.parameters)).toBe('{"__proto__.admin":true,"constructor":1}')
  expect(Object.keys(run.metrics).sort()).toEqual(['__proto__', 'toString'])
  expect(Reflect.get({}, 'admin')).toBe(undefined)
})

test('D3: nesting deeper than 64 is refused, counted before it is read', () => {
  const world = makeVictim()
  expect(commitWith(world, 'params.yaml', DEEP)).toMatch(
    /^mlv: params\.yaml:\d+:\d+: nested deeper than 64 \(document-too-deep\)$/,
  )
  const brackets = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
  expect(commitWith(world, 'metrics.json', brackets)).toMatch(
    /^mlv: metrics\.json.* nested deeper than 64 \(document-too-deep\)$/,
  )
  expect(branchWith(world, FILES_MANIFEST, DEEP)).toMatch(/files\.yaml.* nested deeper than 64 \(document-too-deep\)$/)
})

test('D4: a key twice, and a number that cannot be kept, are refused with their place', () => {
  const world = makeVictim()
  expect(commitWith(world, 'params.yaml', 'lr: 1\nlr: 2\n')).toBe(
    "mlv: params.yaml:2:1: key 'lr' appears twice (key-duplicate)",
  )
  expect(commitWith(world, 'metrics.json', '{"auc": 1, "auc": 2}')).toMatch(
    /key 'auc' appears twice \(key-duplicate\)$/,
  )
  expect(commitWith(world, 'params.yaml', 'scale: 1e400\n')).toBe(
    'mlv: params.yaml:1:8: 1e400 cannot be kept exactly; quote it (number-not-exact)',
  )
  expect(commitWith(world, 'metrics.json', '{"auc": 12345678901234567890}')).toMatch(
    /12345678901234567890 cannot be kept exactly/,
  )
})

test('D4: what YAML 1.1 and 1.2 read differently is read as YAML 1.2 and kept exactly', () => {
  const world = makeVictim()
  world.write('params.yaml', 'a: yes\nb: 0777\nc: 1_000\nseed: 12345678901234567890\nzero: -0\n')
  const answer = world.mlv('commit', '-m', 'x', '--json').stdout
  expect(answer).toContain('"a": "yes"')
  expect(answer).toContain('"c": "1_000"')
  expect(answer).toContain('"seed": 12345678901234567890')
})

test('D5: byte marks, NUL, conflict markers and cut files are refused with their place', () => {
  const world = makeVictim()
  for (const content of [
    '\ufefflr: 1\n',
    'lr: 1\u0000\n',
    '<<<<<<< ours\nlr: 1\n=======\nlr: 2\n>>>>>>> theirs\n',
    'lr: {\n',
  ]) {
    expect(commitWith(world, 'params.yaml', content)).toMatch(/^mlv: params\.yaml:\d+:\d+: .* \(document-malformed\)$/)
  }
  expect(commitWith(world, 'metrics.json', '{"auc": 0.9')).toMatch(
    /^mlv: metrics\.json:\d+:\d+: .* \(document-malformed\)$/,
  )
  expect(branchWith(world, FILES_MANIFEST, 'files:\n  - path: a\n')).toMatch(/files\.yaml.* \(document-malformed\)$/)
})

test('D5: what a newer mlv wrote is not half read, and not written over', () => {
  const world = makeVictim()
  const newer = world.git('show', `mlv:mlv.json`).replace('"format": 1', '"format": 2')
  const undo = forgeBranch(world, [{ path: 'mlv.json', content: newer }])
  for (const args of [['ls'], ['commit', '--metric', 'auc=1'], ['promote', 'churn@v1', 'production']]) {
    expect(refusedLine(world, 4, ...args)).toBe("mlv: 'mlv.json' has format 2, this mlv reads up to 1 (format-newer)")
  }
  undo()
})

/** What `mlv commit` says to a file of the user's; the file is put right again afterwards. */
function commitWith(world: World, file: string, content: string): string {
  const before = world.read(file)
  world.write(file, content)
  const line = refusedLine(world, 4, 'commit', '-m', 'hostile')
  world.write(file, before)
  return line
}

/** What `mlv checkout` says to a manifest of somebody else's. */
function branchWith(world: World, path: string, content: string): string {
  const undo = forgeBranch(world, [{ path, content }])
  const line = refusedLine(world, 4, 'checkout', 'churn@v1', '--to', 'placed')
  undo()
  return line
}
