/**
 * What a check of the registry stops, what an audit finds all the same, and the guards a branch gets.
 */
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { editOnHost, makeHostedWorld, squash, treeWith } from '../support/hosted-world.ts'
import { makeSharedWorld } from '../support/shared-world.ts'

test('a check fails for a missing artifact, an edited version, edited guards, a link and a lie', () => {
  const hosted = makeHostedWorld()
  const { ada } = hosted
  for (let count = 0; count < 3; count += 1) ada.mlv('promote', 'churn@v3', 'production', '--request')
  editOnHost(hosted, 'mlv-promote/churn-production-1', (folder) => {
    edit(join(folder, 'models/churn/versions/3/version.yaml'), /0\.93/g, '0.99')
    edit(join(folder, 'models/churn/aliases/production.yaml'), /auc: 0\.93/, 'auc: 0.99')
    writeFileSync(join(folder, 'CODEOWNERS'), '* @mallory\n')
  })
  editOnHost(hosted, 'mlv-promote/churn-production-2', (folder) => {
    rmSync(join(folder, 'models/churn/aliases/production.yaml'))
    symlinkSync('../model.yaml', join(folder, 'models/churn/aliases/production.yaml'))
  })
  editOnHost(hosted, 'mlv-promote/churn-production-3', (folder) => {
    edit(join(folder, 'models/churn/aliases/production.yaml'), /auc: 0\.93/, 'auc: 0.99')
  })
  for (const name of readdirSync(hosted.store))
    if (/^[0-9a-f]{2}$|objects/.test(name)) rmSync(join(hosted.store, name), { recursive: true })
  ada.mlv('fetch')
  expect(ada.say('check', 'mlv-promote/churn-production-1', '--offline')).toMatchInlineSnapshot(`
    "$ mlv check mlv-promote/churn-production-1 --offline
    mlv-promote/churn-production-1 into origin/mlv
      failed  files      models/churn/aliases/production.yaml  is other bytes in <commit1> of the request; make it one commit
      failed  files      CODEOWNERS                            is not for a request to change
      failed  records    models/churn/versions/3/version.yaml  was edited, and records never change
      failed  metrics    churn@production                      says auc 0.99, and v3 measured 0.93
      noted   artifacts  churn@v3                              the store was not asked
      passed  version    churn@production                      v3 exists and is in use
      passed  previous   churn@production                      follows on v2 of the base
      passed  gate       churn@production                      runs at least 1, is 1
      passed  gate       churn@production                      auc ↑ no worse, is no worse
    failed: 4 of 9
    [exit 1]
    "
  `)
  expect(ada.say('check', 'mlv-promote/churn-production-2')).toMatchInlineSnapshot(`
    "$ mlv check mlv-promote/churn-production-2
    mlv-promote/churn-production-2 into origin/mlv
      failed  files    models/churn/aliases/production.yaml  is other bytes in <commit1> of the request; make it one commit
      failed  files    models/churn/aliases/production.yaml  is a symbolic link and no plain file
      passed  records                                        no version or run was edited
    failed: 2 of 3
    [exit 1]
    "
  `)
  expect(ada.say('check', 'mlv-promote/churn-production-3')).toMatchInlineSnapshot(`
    "$ mlv check mlv-promote/churn-production-3
    mlv-promote/churn-production-3 into origin/mlv
      failed  files      models/churn/aliases/production.yaml  is other bytes in <commit1> of the request; make it one commit
      failed  metrics    churn@production                      says auc 0.99, and v3 measured 0.93
      failed  artifacts  churn@v3                              the store lacks 1 of 1 object, such as <commit2>
      passed  files                                            1 file, which a request may change
      passed  records                                          no version or run was edited
      passed  version    churn@production                      v3 exists and is in use
      passed  previous   churn@production                      follows on v2 of the base
      passed  gate       churn@production                      runs at least 1, is 1
      passed  gate       churn@production                      auc ↑ no worse, is no worse
    failed: 3 of 9
    [exit 1]
    "
  `)
  // Whoever merges it all the same is told on.
  squash(hosted, 'mlv-promote/churn-production-1', 'Promote (#13)')
  ada.mlv('pull')
  const audit = ada.mlv('audit', '--format', 'markdown')
  expect(audit.exitCode).toBe(4)
  expect(audit.stdout).toMatch(/❌ `churn@v3`: `its version\.yaml was edited in \w+ by /)
})

test('names that could be options and paths that lead elsewhere are judged, never obeyed', () => {
  const hosted = makeHostedWorld()
  const { ada, git } = hosted
  ada.mlv('promote', 'churn@v3', 'production', '--request')
  const tip = git('rev-parse', 'mlv-promote/churn-production-1')
  git('update-ref', 'refs/heads/mlv-promote/--upload-pack=evil', tip)
  const blob = git('rev-parse', 'mlv:models/churn/aliases/production.yaml')
  const tree = treeWith(hosted, '..', blob)
  const commit = git('commit-tree', '-m', 'traversal', '-p', 'mlv', tree)
  git('update-ref', 'refs/heads/mlv-promote/churn-production-7', commit)
  expect(ada.mlv('fetch').exitCode).toBe(0)
  expect(ada.mlv('status').exitCode).toBe(0)
  expect(ada.say('check', 'origin/mlv..--upload-pack=evil')).toMatchInlineSnapshot(`
    "$ mlv check origin/mlv..--upload-pack=evil
    mlv: this clone has no commit '--upload-pack=evil' (commit-not-found)
    why: it is no branch, tag or commit that git knows here; a shallow clone lacks what it never fetched
    next: git fetch --all
    [exit 3]
    "
  `)
  expect(ada.say('check', 'mlv-promote/--upload-pack=evil')).toMatchInlineSnapshot(`
    "$ mlv check mlv-promote/--upload-pack=evil
    mlv: this clone has no commit 'mlv-promote/--upload-pack=evil' (commit-not-found)
    why: it is no branch, tag or commit that git knows here; a shallow clone lacks what it never fetched
    next: git fetch --all
    [exit 3]
    "
  `)
  expect(ada.say('check', 'mlv-promote/churn-production-7')).toMatchInlineSnapshot(`
    "$ mlv check mlv-promote/churn-production-7
    mlv: tree <commit1> has an entry called '..' (tree-invalid)
    why: git itself would refuse such a tree, and tools disagree on what it holds
    next: run 'git fsck --full --strict' to see what else is wrong
    [exit 4]
    "
  `)
})

test('approvals: the guards are one operation on the branch, which stays sound', () => {
  const { ada, git } = makeSharedWorld({ layout: 'split' })
  expect(ada.say('init', '--approvals', '@acme/ml-leads')).toMatchInlineSnapshot(`
    "$ mlv init --approvals @acme/ml-leads
    put CODEOWNERS, .github, and .gitlab-ci.yml on mlv
    next: 'mlv push', then have the host protect 'mlv': see docs/review.md
    "
  `)
  expect(ada.git('show', '--name-status', '--format=%s', 'mlv')).toMatchInlineSnapshot(`
    "mlv: ask for approvals of promotions

    A	.github/mlv-ruleset.json
    A	.github/workflows/mlv-check.yml
    A	.gitlab-ci.yml
    A	CODEOWNERS"
  `)
  expect(ada.git('show', 'mlv:CODEOWNERS')).toMatchInlineSnapshot(`
    "# Who must approve a promotion, and any change of these rules.
    /models/*/aliases/production.yaml @acme/ml-leads
    /models/*/model.yaml @acme/ml-leads
    /models/*/versions/*/state.yaml @acme/ml-leads
    /mlv.json @acme/ml-leads
    /CODEOWNERS @acme/ml-leads
    /.github/ @acme/ml-leads
    /.forgejo/ @acme/ml-leads
    /.gitea/ @acme/ml-leads
    /.gitlab-ci.yml @acme/ml-leads"
  `)
  const workflow = ada.git('show', 'mlv:.github/workflows/mlv-check.yml')
  expect(parse(workflow)).toMatchObject({
    on: { pull_request: { branches: ['mlv'] } },
    permissions: { contents: 'read' },
    jobs: { check: { name: 'mlv check' } },
  })
  const uses = workflow.match(/uses: .*/g) ?? []
  expect(uses.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([])
  expect(workflow.match(/run: .*\$\{\{.*/g)).toBeNull()
  expect(Object.keys(parse(ada.git('show', 'mlv:.gitlab-ci.yml')) as object)).toEqual(['mlv check'])
  const again = ada.git('rev-parse', 'mlv')
  expect(ada.mlv('init', '--approvals', '@acme/ml-leads').stdout).toBe('the branch asks for approvals already\n')
  expect(ada.git('rev-parse', 'mlv')).toBe(again)
  expect(ada.say('init', '--approvals', '@acme\n* @mallory')).toMatchInlineSnapshot(`
    "$ mlv init --approvals '@acme
    * @mallory'
    mlv: '@acme\\x0a* @mallory' names nobody; write @user, @org/team or an address of mail (usage-invalid)
    why: the command line was not understood, so nothing was done
    next: run 'mlv help init' for what it accepts
    [exit 2]
    "
  `)
  expect(ada.mlv('push')).toMatchObject({ exitCode: 0 })
  expect(git('fsck', '--full', '--strict', '--no-dangling')).toBe('')
  expect(ada.mlv('fsck')).toMatchObject({ exitCode: 0 })
  const rules = JSON.parse(git('show', 'mlv:.github/mlv-ruleset.json')) as {
    readonly rules: readonly { type: string; parameters?: { allowed_merge_methods?: readonly string[] } }[]
  }
  expect(rules.rules.map(({ type }) => type)).toEqual([
    'deletion',
    'non_fast_forward',
    'pull_request',
    'required_status_checks',
  ])
  expect(rules.rules[2]?.parameters?.allowed_merge_methods).toEqual(['squash'])
})

test('a request cannot plant what it would later roll back to, nor meet the base twice, nor remove an alias', () => {
  const hosted = makeHostedWorld()
  const { ada, git, host } = hosted
  for (let count = 0; count < 3; count += 1) ada.mlv('promote', 'churn@v3', 'production', '--request')
  const request = (number: number): string => `mlv-promote/churn-production-${number}`
  const alias = 'models/churn/aliases/production.yaml'
  const good = git('show', `${request(1)}:${alias}`)
  editOnHost(hosted, request(1), (folder) => {
    edit(join(folder, alias), /reason: .*|version: 3/, 'version: 4')
  })
  editOnHost(hosted, request(1), (folder) => {
    writeFileSync(join(folder, alias), `${good}\n`)
  })
  editOnHost(hosted, request(2), (folder) => {
    rmSync(join(folder, alias))
  })
  // Each of the two was merged into the other.
  const [tip, base] = [git('rev-parse', request(3)), git('rev-parse', 'mlv')]
  const tree = git('rev-parse', `${request(3)}^{tree}`)
  const other = git('commit-tree', '-m', 'beside', '-p', base, git('rev-parse', `${base}^{tree}`))
  const left = git('commit-tree', '-m', 'left', '-p', other, '-p', tip, tree)
  const right = git('commit-tree', '-m', 'right', '-p', tip, '-p', other, tree)
  git('update-ref', 'refs/heads/mlv', left)
  git('update-ref', `refs/heads/${request(3)}`, right)
  ada.mlv('fetch')
  host('fetch', '--quiet')
  const met = ada.mlv('check', `${left}..${right}`)
  expect(met.stdout).toMatch(/failed {2}files {2}\w+ +met the base at 2 commits; update the request/)
  expect(met.exitCode).toBe(1)
  const planted = ada.mlv('check', `${base}..${request(1)}`)
  expect(planted.stdout).toMatch(/failed {2}files +\S+production\.yaml +is other bytes in \w{7} of the request/)
  expect(planted.exitCode).toBe(1)
  const removed = ada.mlv('check', `${base}..${request(2)}`)
  expect(removed.stdout).toMatch(/failed {2}version +churn@production +was removed; an alias may only be moved/)
})

test('a request cannot bring names that mlv cannot read, nor a version that says other than its run', () => {
  const hosted = makeHostedWorld()
  const { ada } = hosted
  ada.mlv('promote', 'churn@v3', 'production', '--request')
  editOnHost(hosted, 'mlv-promote/churn-production-1', (folder) => {
    for (const name of ['a..b', 'CHURN']) {
      mkdirSync(join(folder, 'models', name), { recursive: true })
      copyFileSync(join(folder, 'models/churn/model.yaml'), join(folder, 'models', name, 'model.yaml'))
    }
    mkdirSync(join(folder, 'views'), { recursive: true })
    writeFileSync(join(folder, 'views/best.yaml'), 'nothing: here\n')
    const receipts = join(folder, 'models/churn/versions/3/receipts')
    mkdirSync(receipts, { recursive: true })
    writeFileSync(join(receipts, '01m7w4n5e00000000000000002.yaml'), 'nothing: here\n')
    const notes = join(folder, 'runs/2020-01/01/0/0/01m7w4n5e00000000000000002')
    mkdirSync(notes, { recursive: true })
    writeFileSync(join(notes, 'notes.yaml'), 'mlv: 1\n')
    const version = join(folder, 'models/churn/versions/5')
    cpSync(join(folder, 'models/churn/versions/3'), version, { recursive: true })
    rmSync(join(version, 'receipts'), { recursive: true })
    edit(join(version, 'version.yaml'), /number: 3|version: 3/, 'number: 5')
    edit(join(version, 'version.yaml'), /0\.93/g, '0.99')
    const same = join(folder, 'models/churn/versions/6')
    cpSync(join(folder, 'models/churn/versions/3'), same, { recursive: true })
    rmSync(join(same, 'receipts'), { recursive: true })
    edit(join(same, 'version.yaml'), /number: 3|version: 3/, 'number: 6')
  })
  ada.mlv('fetch')
  const { stdout, exitCode } = ada.mlv('check', 'mlv-promote/churn-production-1', '--offline')
  expect(stdout.split('\n').filter((line) => line.includes('failed  '))).toMatchInlineSnapshot(`
    [
      "  failed  files      models/a..b/model.yaml                                            'a..b' is not a valid model name",
      "  failed  files      models/churn/versions/3/receipts/01m7w4n5e00000000000000002.yaml  models/churn/versions/3/receipts/01m7w4n5e00000000000000002.yaml: format: this field is missing",
      "  failed  files      runs/2020-01/01/0/0/01m7w4n5e00000000000000002/notes.yaml         is said of nothing that there is",
      "  failed  files      views/best.yaml                                                   views/best.yaml: format: this field is missing",
      "  failed  files      models/CHURN                                                      differs from another name only in case",
      "  failed  files      models/a..b/model.yaml                                            is named like no model",
      "  failed  files      models/churn                                                      differs from another name only in case",
      "  failed  files      runs/2020-01/01/0/0/01m7w4n5e00000000000000002/notes.yaml         is in the folder of no run",
      "  failed  records    models/churn/versions/5                                           says other metrics than its run",
      "  failed  records    models/churn/versions/6                                           has the uid of churn@v3",
    ]
  `)
  expect(exitCode).toBe(1)
})

function edit(path: string, found: RegExp, replacement: string): void {
  const text = readFileSync(path, 'utf8')
  expect(text).toMatch(found)
  writeFileSync(path, text.replace(found, replacement))
}
