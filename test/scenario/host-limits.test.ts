/**
 * Files that the host of the remote would not take are told before hours of upload: a commit is refused, a run that has
 * happened is recorded and told.
 */
import { expect, test } from 'vitest'
import { makeSharedWorld } from '../support/shared-world.ts'
import { scrub } from '../support/world.ts'

const LARGE = Buffer.alloc(12_000_000, 'weights;')

test('a commit is refused with the way out, and changes nothing', () => {
  const { ada } = makeSharedWorld()
  ada.git('config', 'mlv.maxObjectSize', '11MB')
  ada.write('model/w.bin', LARGE)
  const before = ada.git('for-each-ref', 'refs/heads/mlv')
  const commit = ['commit', '--metric', 'auc=0.95', '--model', 'churn=model']
  expect(ada.say(...commit)).toMatchInlineSnapshot(`
    "$ mlv commit --metric auc=0.95 --model churn=model
    mlv: 'model/w.bin' has 12 MB, and mlv.maxObjectSize takes 11 MB a file (host-limit-exceeded)
    why: it could never be pushed there; git's configuration says so in this clone
    next: run 'mlv store use ADDRESS' for a folder or bucket, or 'git config mlv.maxObjectSize 5GB' if the host takes it
    [exit 4]
    "
  `)
  expect(ada.git('for-each-ref', 'refs/heads/mlv')).toBe(before)
  ada.git('config', 'mlv.maxObjectSize', 'lots')
  expect(ada.mlv(...commit).stderr).toContain("mlv.maxObjectSize is a size such as 5GB or none, not 'lots'")
  ada.git('config', 'mlv.maxObjectSize', 'none')
  expect(ada.mlv(...commit).exitCode).toBe(0)
})

test('a run is recorded and told, and a push refuses before it sends a byte', () => {
  const { ada, git } = makeSharedWorld()
  ada.git('config', 'mlv.maxObjectSize', '11MB')
  ada.write('mlv.yaml', 'metrics: [metrics.json]\nmodel: { name: churn, path: model }\n')
  ada.write('w.bin', LARGE)
  const ran = ada.mlv('run', '--', 'sh', '-c', 'cp w.bin model/; echo \'{"auc": 0.95}\' >metrics.json')
  expect(ran.exitCode).toBe(0)
  expect(ran.stderr).toContain("'model/w.bin' has 12 MB, and mlv.maxObjectSize takes 11 MB a file")
  const before = git('for-each-ref')
  expect(scrub(ada.mlv('push').stderr, ada.folder)).toMatchInlineSnapshot(`
    "mlv: 'artifact <commit1>' has 12 MB, and mlv.maxObjectSize takes 11 MB a file (host-limit-exceeded)
    why: it could never be pushed there; git's configuration says so in this clone
    next: run 'mlv store use ADDRESS' for a folder or bucket, or 'git config mlv.maxObjectSize 5GB' if the host takes it
    "
  `)
  expect(git('for-each-ref')).toBe(before)
  ada.git('config', 'mlv.maxObjectSize', '5GB')
  expect(ada.mlv('push').exitCode).toBe(0)
  // What the host has taken it may have again.
  expect(ada.mlv('commit', '--metric', 'auc=0.96', '--artifact', 'model/w.bin').exitCode).toBe(0)
  ada.git('config', 'mlv.maxObjectSize', '11MB')
  expect(ada.mlv('push').exitCode).toBe(0)
})
