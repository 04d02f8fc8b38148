/**
 * `mlv site` as a person starts it: what it writes, what it replaces, and that the same branch gives the same bytes.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { digestsBelow, filesBelow, makeSiteWorld } from '../support/site-world.ts'
import type { SiteWorld } from '../support/site-world.ts'
import { runGit } from '../support/repository.ts'
import { makeReadyWorld } from '../support/world.ts'

let shared: SiteWorld | undefined
beforeAll(() => {
  shared = makeSiteWorld()
})
afterAll(() => shared?.remove())

function site(): SiteWorld {
  if (shared === undefined) throw new Error('the world was not made')
  return shared
}

test('the same branch gives the same bytes: twice, with either engine, and from a clone', () => {
  const world = site()
  const [first, second, third, cloned] = [1, 2, 3, 4].map(() => world.freshPath('site'))
  const { stdout, stderr, exitCode } = world.mlv('site', '-o', first ?? '')
  expect(exitCode).toBe(0)
  expect(stderr).toBe('')
  expect(stdout).toMatch(/^wrote .*\/site\/index\.html: 5 runs and 1 model in \d+ files, [\d.]+ [kM]B\n$/)
  world.mlv('site', '-o', second ?? '')
  expect(digestsBelow(second ?? '')).toEqual(digestsBelow(first ?? ''))
  world.mlv('site', '-o', third ?? '', '--engine', 'embedded')
  expect(digestsBelow(third ?? '')).toEqual(digestsBelow(first ?? ''))

  const clone = world.freshPath('other')
  runGit(dirname(clone), ['clone', '--quiet', world.folder, clone])
  world.mlv('-C', clone, 'site', '-o', cloned ?? '')
  expect(digestsBelow(cloned ?? '')).toEqual(digestsBelow(first ?? ''))
})

test('the pages name nothing but what is beside them', () => {
  const world = site()
  const place = world.freshPath('site')
  world.mlv('site', '-o', place)
  const page = readFileSync(join(place, 'index.html'), 'utf8')
  expect(page.match(/(?:src|href)="[^"]*"/g)).toEqual([
    'href="data:,"',
    'href="app.css"',
    'src="site.js"',
    'src="app.js"',
  ])
  expect(page).toContain(`default-src 'none'; script-src 'self'; style-src 'self'`)
  expect(readdirSync(place).sort()).toEqual([
    '.nojekyll',
    'app.css',
    'app.js',
    'data',
    'index.html',
    'mlv-site.json',
    'site.js',
  ])
  expect(page).not.toContain(world.folder)
})

test('a former site is replaced whole; nothing else is', () => {
  const world = site()
  const place = world.freshPath('site')
  world.mlv('site', '-o', place)
  writeFileSync(join(place, 'data', 'old.js'), 'old')
  expect(world.mlv('site', '-o', place, '--limit', '1').exitCode).toBe(0)
  expect(existsSync(join(place, 'data', 'old.js'))).toBe(false)
  expect(readdirSync(join(place, 'data', 'run'))).toHaveLength(1)
  expect(readdirSync(dirname(place))).toEqual(['site'])

  const notes = join(place, 'data', 'run', 'notes.csv')
  writeFileSync(notes, 'mine')
  expect(world.mlv('site', '-o', place).stderr).toContain('a file of somebody else, data/run/notes.csv')
  rmSync(notes)

  writeFileSync(join(place, 'CNAME'), 'runs.example.com')
  const before = digestsBelow(place)
  const refused = world.mlv('site', '-o', place)
  expect(refused.exitCode).toBe(5)
  expect(refused.stderr.replaceAll(place, 'site')).toMatchInlineSnapshot(`
    "mlv: 'site' is a former site with a file of somebody else, CNAME (site-occupied)
    why: only a site that mlv wrote is replaced by another, so that nothing else is lost
    next: remove site, or name another place: mlv site --output DIR
    "
  `)
  expect(digestsBelow(place)).toEqual(before)
  expect(readdirSync(dirname(place))).toEqual(['site'])
})

test('a folder, a file and a link that are no site are left as they are', () => {
  const world = site()
  const place = world.freshPath('public')
  mkdirSync(place)
  expect(world.mlv('site', '-o', place).exitCode).toBe(0)
  rmSync(place, { recursive: true })
  mkdirSync(place)
  writeFileSync(join(place, 'index.html'), 'mine')
  expect(world.mlv('site', '-o', place)).toMatchObject({ exitCode: 5, stdout: '' })
  expect(readdirSync(place)).toEqual(['index.html'])

  const file = world.freshPath('report.html')
  writeFileSync(file, '<!doctype html>mine')
  expect(world.mlv('site', '--one-file', file).stderr).toContain('(site-occupied)')
  expect(readFileSync(file, 'utf8')).toBe('<!doctype html>mine')

  const link = world.freshPath('link')
  symlinkSync(place, link)
  expect(world.mlv('site', '-o', link).stderr).toContain('is a symbolic link (site-occupied)')
  expect(readdirSync(place)).toEqual(['index.html'])
})

test('one file holds all of it, and is written over by another', () => {
  const world = site()
  const file = world.freshPath('report.html')
  expect(world.mlv('site', '--one-file', file).stdout).toMatch(/report\.html: 5 runs and 1 model, [\d.]+ [kM]B\n$/)
  const first = readFileSync(file, 'utf8')
  expect(world.mlv('site', '--one-file', file).exitCode).toBe(0)
  expect(readFileSync(file, 'utf8')).toBe(first)
  expect(first).not.toMatch(/(?:src|href)="(?!data:,)[^"]*"/)
  expect(first.match(/<script(?! type="application\/json" id="data\/[\w/]+">| data-one-file>)/g)).toBe(null)
  expect(world.mlv('site', '--one-file', file, '-o', 'site').stderr).toContain('(usage-invalid)')
})

test('runs that are not chosen, and what is known of them alone, are not in it', () => {
  const world = site()
  const place = world.freshPath('site')
  const secret = 'third'
  const all = world.freshPath('all')
  world.mlv('site', '-o', all)
  expect(textOf(all)).toContain(secret)
  expect(world.mlv('site', '-o', place, '--filter', 'param.lr < 0.05 and param.seed > 7').stdout).toContain(
    '1 run and 1 model',
  )
  expect(textOf(place)).not.toContain(secret)
  expect(textOf(place)).toContain('second')
  const chosen = readdirSync(join(place, 'data', 'run')).map((name) => name.replace('.js', ''))
  const others = idsOf(world).filter((id) => !chosen.includes(id))
  expect([chosen.length, others.length]).toEqual([1, 4])
  for (const id of others) expect(textOf(place)).not.toContain(id)
  expect(world.mlv('site', '-o', place, '--experiment', 'runs').stdout).toContain('2 runs and 0 models')
  expect(world.mlv('site', '-o', place, '--filter', 'metric.auc >> 1').stderr).toContain('(filter-invalid)')
})

test('files are left out as asked, and that is told', () => {
  const world = site()
  const place = world.freshPath('site')
  expect(world.json('site', '-o', place)).toMatchObject({ recorded: { leftOut: 0, missing: 0 }, incompleteRuns: 0 })
  const none = world.json('site', '-o', place, '--no-files') as object
  expect(none).toMatchObject({ kind: 'folder', runs: 5, models: 1, recorded: { files: 0, sizeBytes: 0, leftOut: 0 } })
  expect(existsSync(join(place, 'data', 'file'))).toBe(false)
  const small = world.mlv('site', '-o', place, '--files', '20')
  expect(small.stderr).toMatch(/note: \d+ files of runs left out: larger than --files allows\n/)
})

test('what neither the clone nor its store has is left out, and told', () => {
  const world = makeReadyWorld()
  world.write('rows.csv', Array.from({ length: 20_000 }, (_, row) => `${row},${row * row}\n`).join(''))
  world.write('points.jsonl', Array.from({ length: 20_000 }, (_, step) => `{"step":${step},"loss":${step}}\n`).join(''))
  world.mlv('commit', '--artifact', 'rows.csv', '--series', 'points.jsonl', '-m', 'large')
  expect(world.json('site', '--files', '1MB')).toMatchObject({
    recorded: { files: 1, missing: 0 },
    incompleteRuns: 0,
  })
  const clone = join(world.folder, '..', `${basename(world.folder)}-clone`)
  onTestFinished(() => rmSync(clone, { recursive: true, force: true }))
  runGit(world.folder, ['clone', '--quiet', world.folder, clone])
  for (const store of ['mlv/objects', 'lfs']) rmSync(join(world.folder, '.git', store), { recursive: true })
  const { exitCode, stdout, stderr } = world.mlv('-C', clone, 'site', '--files', '1MB')
  expect({ exitCode, stdout: stdout.replace(/[\d.]+ [kM]B/, '<size>'), stderr }).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "stderr": "note: 1 file of runs left out: neither this clone nor its store has them
    note: 1 run with summaries of series: their points are not in this clone
    ",
      "stdout": "wrote site/index.html: 1 run and 0 models in 13 files, <size>
    ",
    }
  `)
})

function textOf(folder: string): string {
  return [...filesBelow(join(folder, 'data')).values()].map((bytes) => bytes.toString('utf8')).join('\n')
}

function idsOf(world: SiteWorld): readonly string[] {
  const { runs } = world.json('ls', '--all') as { readonly runs: readonly { readonly run: { readonly id: string } }[] }
  return runs.map(({ run }) => run.id)
}
