/**
 * `mlv lineage`: from data over runs to versions, and on to what reads them.
 */
import { expect, test } from 'vitest'
import type { Lineage } from '../../src/domain/lineage.ts'
import { makeReadyWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

function encoderAndChurn(): World {
  const world = makeReadyWorld()
  world.write('.gitignore', '*.bin\n')
  world.write('raw.csv', 'a,b\n1,2\n')
  world.write('encoder.bin', 'weights')
  world.mlv('commit', '-m', 'encode', '--dataset', 'raw.csv', '--model', 'encoder=encoder.bin')
  world.mlv('promote', 'encoder@v1', 'production')
  world.write('churn.bin', 'other weights')
  const { exitCode, stderr } = world.mlv(
    ...['commit', '-m', 'train \u001b[31mred', '--dataset', 'encoder.bin', '--model', 'churn=churn.bin'],
  )
  if (exitCode !== 0) throw new Error(stderr)
  return world
}

test('a version is told with what it came of and what it led to', () => {
  const world = encoderAndChurn()
  expect(world.say('lineage', 'churn@v1')).toMatchInlineSnapshot(`
    "$ mlv lineage churn@v1
    churn@v1  version

    came of
      made by train \\x1b[31mred  run, <id1>, default
        read encoder.bin  data, sha256 <commit1>
          is of encoder@v1  version, 1 more not shown
            made by encode  run, <id2>, default
              read raw.csv  data, sha256 <commit2>
    "
  `)
  expect(world.say('lineage', 'encoder@production', '--limit', '3')).toMatchInlineSnapshot(`
    "$ mlv lineage encoder@production --limit 3
    encoder@v1  version, 1 more not shown

    came of
      made by encode  run, <id1>, default, 1 more not shown

    led to
      named production  alias, encoder

    the nearest 3 things; --limit shows more
    "
  `)
})

test('data is asked about by its digest, and the answer is for programs too', () => {
  const world = encoderAndChurn()
  const { nodes } = world.json('lineage', '@~1') as Lineage
  const data = nodes.find(({ kind }) => kind === 'data')?.key ?? ''
  const { focus, edges, isCut } = world.json('lineage', data) as Lineage
  expect([focus, isCut]).toEqual([data, false])
  expect(edges.map(({ relation }) => relation).sort()).toEqual([
    'held in',
    'made',
    'made',
    'named',
    'read by',
    'read by',
  ])
  expect(world.say('lineage', 'data:sha256:00')).toMatchInlineSnapshot(`
    "$ mlv lineage data:sha256:00
    mlv: no run matches 'data:sha256:00' (run-not-found)
    why: there are no runs with a similar name
    next: run 'mlv ls' for the runs there are
    [exit 3]
    "
  `)
  expect(world.say('lineage', '--', '--help')).toMatchInlineSnapshot(`
    "$ mlv lineage -- --help
    mlv: '--help' looks like an option, not a run or version (argument-option-like)
    why: a value that starts with a dash could be read as an option by git
    next: name it without the dash; a file called '-x' can be written './-x'
    [exit 2]
    "
  `)
})
