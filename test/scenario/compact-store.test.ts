/**
 * A store that keeps checkpoints as what changed: the same commands, fewer bytes, and nobody who reads notices.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { safetensors, seededFloats } from '../support/compact-world.ts'
import { temporaryFolder } from '../support/repository.ts'
import { makeSharedWorld } from '../support/shared-world.ts'
import type { SharedWorld } from '../support/shared-world.ts'
import { makeWorld } from '../support/world.ts'

const FIRST = seededFloats('scenario', 100_000)
const checkpoint = (steps: number): Buffer => safetensors({ weight: FIRST.map((value) => value * (1 + steps * 1e-7)) })

/** A team that keeps checkpoints in a compact folder and pushed two versions, one after the other. */
function makeTeam(): { readonly shared: SharedWorld; readonly store: string } {
  const store = join(temporaryFolder(), 'store')
  const shared = makeSharedWorld({ init: ['--store', `dir:${store}`, '--compact'] })
  for (const version of [2, 3]) {
    shared.ada.write('model/weights.safetensors', checkpoint(version))
    shared.ada.mlv('commit', '-m', `step ${version}`, '--metric', 'auc=0.9', '--model', 'churn=model')
    shared.ada.mlv('push')
  }
  return { shared, store }
}

test('the second checkpoint is stored as what changed, and a new clone gets it whole', () => {
  const { shared, store } = makeTeam()
  const stored = bytesBelow(store)
  expect(stored).toBeLessThan(1.6 * checkpoint(2).length)
  expect(formsIn(store)).toEqual(['delta', 'planes'])
  const grace = shared.join('grace')
  for (const version of [2, 3]) {
    expect(grace.mlv('checkout', `churn@v${version}`, '--to', 'out', '--force').exitCode).toBe(0)
    expect(readFileSync(join(grace.folder, 'out', 'weights.safetensors')).equals(checkpoint(version))).toBe(true)
  }
  expect(grace.mlv('fsck', '--full').exitCode).toBe(0)
  // One tensor is read by its range.
  const got = shared.ada.mlv('get', `${shared.bare}#churn@v3`, '--tensor', 'weight', '--to', 'tensor')
  expect([got.exitCode, got.stderr]).toEqual([0, ''])
  expect(readFileSync(join(shared.ada.folder, 'tensor', 'weight.safetensors')).equals(checkpoint(3))).toBe(true)
  expect(withoutSeconds(shared.ada.say('estimate', 'churn@v2', 'churn@v3'))).toMatchInlineSnapshot(`
    "$ mlv estimate churn@v2 churn@v3
    1 file, 400 kB
    form     stored  ratio  seconds
    whole <size>  1.0..  <s>
    zstd <size>  0.9..  <s>
    planes <size>  0.8..  <s>
    delta <size>  0.1..  <s>
    chunks <size>  0.9..  <s>
    a compact store would keep delta: <size>, 89 % less
    "
  `)
  const json = shared.ada.json('estimate', 'churn@v2', 'churn@v3')
  expect(json).toMatchObject({ files: 1, paired: 1, best: { form: 'delta' } })
})

test('checkpoints of one run that are pushed at once follow on one another', () => {
  const store = join(temporaryFolder(), 'store')
  const { ada } = makeSharedWorld({ init: ['--store', `dir:${store}`, '--compact'] })
  for (const step of [90, 100, 110]) ada.write(`checkpoints/step-${step}.safetensors`, checkpoint(step))
  ada.mlv('commit', '-m', 'three', '--metric', 'auc=0.9', '--artifact', 'checkpoints')
  expect(ada.mlv('push').exitCode).toBe(0)
  expect(formsIn(store)).toEqual(['delta', 'delta', 'planes'])
})

test('Git LFS keeps files whole, so --compact is refused there', () => {
  const world = makeWorld()
  expect(world.say('init', '--compact')).toMatchInlineSnapshot(`
    "$ mlv init --compact
    mlv: --compact needs a --store that is a folder or bucket: Git LFS keeps files whole (usage-invalid)
    why: the command line was not understood, so nothing was done
    next: run 'mlv help init' for what it accepts
    [exit 2]
    "
  `)
})

describe('mlv estimate', () => {
  test('says what two files would come to', () => {
    const ada = makeWorld()
    ada.write('old.safetensors', checkpoint(1))
    ada.write('new.safetensors', checkpoint(2))
    expect(withoutSeconds(ada.say('estimate', 'old.safetensors', 'new.safetensors'))).toMatchInlineSnapshot(`
      "$ mlv estimate old.safetensors new.safetensors
      1 file, 400 kB
      form     stored  ratio  seconds
      whole <size>  1.0..  <s>
      zstd <size>  0.9..  <s>
      planes <size>  0.8..  <s>
      delta <size>  0.1..  <s>
      chunks <size>  0.9..  <s>
      a compact store would keep delta: <size>, 89 % less
      "
    `)
    expect(withoutSeconds(ada.say('estimate', 'old.safetensors', 'absent'))).toMatchInlineSnapshot(`
      "$ mlv estimate old.safetensors absent
      mlv: file or folder 'absent' does not exist (file-not-found)
      why: it was named on the command line or in mlv.yaml
      next: create absent, or take it off the command line or out of mlv.yaml
      [exit 3]
      "
    `)
  })
})

/** Times differ from run to run; sizes do, a little, from one build of zstd to another. */
function withoutSeconds(text: string): string {
  return text
    .replace(/ +[0-9]+\.[0-9]$/gm, '  <s>')
    .replace(/ +[0-9.]+ kB {2}([0-9]\.[0-9])[0-9]{2}/g, ' <size>  $1..')
    .replace(/: [0-9.]+ kB, /, ': <size>, ')
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  )
}

function bytesBelow(folder: string): number {
  return filesBelow(folder).reduce((sum, path) => sum + statSync(join(folder, path)).size, 0)
}

function formsIn(store: string): readonly string[] {
  const manifests = filesBelow(store).filter((path) => path.startsWith('compact'))
  return manifests.map((path) => (JSON.parse(readFileSync(join(store, path), 'utf8')) as { form: string }).form).sort()
}
