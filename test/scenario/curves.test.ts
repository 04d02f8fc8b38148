/**
 * Curves in lists and charts, as a person at a terminal and as a program sees them.
 */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeReadyWorld } from '../support/world.ts'
import type { World } from '../support/world.ts'

const TERMINAL = { MLV_COLUMNS: '90', LC_ALL: 'C.UTF-8' }

/** Three runs whose loss falls faster and faster; the second has a spike, the third is NaN for a while. */
function trained(variables: NodeJS.ProcessEnv = TERMINAL): World {
  const world = makeReadyWorld({ variables })
  world.write('mlv.yaml', 'experiment: churn\ngoals:\n  loss: { goal: min }\n  val/auc: { goal: max }\n')
  const lossAt = (run: number, step: number): number | string => {
    if (run === 1 && step === 10) return 9
    return run === 2 && step > 9 && step < 20 ? '"NaN"' : 4 / (1 + (step * (run + 1)) / 10)
  }
  for (const run of [0, 1, 2]) {
    const points = Array.from({ length: 40 }, (_, step) => {
      return `{"step":${step},"time":${1_760_000_000 + run * 1000 + step * 30},"loss":${lossAt(run, step)}}`
    })
    world.write('series.jsonl', `${points.join('\n')}\n`)
    const given = ['--param', `lr=0.${run + 1}`, '--param', 'depth=4', '--metric', `val/auc=0.9${run}`]
    expect(world.mlv('commit', '-m', `try ${run}`, '--series', 'series.jsonl', ...given)).toMatchObject({ exitCode: 0 })
  }
  return world
}

/** What follows from when it was. */
function timeless(text: string): string {
  return text
    .replace(/(?:just now|\d+ min ago) +[\d.]+ m?s/g, 'just now  <took>')
    .replace(/created +took/, 'created  took')
}

test('a list has the curve of the metric that has a goal, what differs, and a star at the best', () => {
  const world = trained()
  expect(timeless(world.say('ls'))).toMatchInlineSnapshot(`
    "$ mlv ls
       id            created  took   loss ↓                val/auc ↑   lr  message
    ✓  <id1>  just now  <took>  0.3150★  █▃▂×××▁▁▁▁▁▁    0.9200★  0.3  try 2
    ✓  <id2>  just now  <took>  0.4545   ▃▂▁█▁▁▁▁▁▁▁▁    0.9100   0.2  try 1
    ✓  <id3>  just now  <took>  0.8163   █▅▄▃▂▂▂▁▁▁▁▁    0.9000   0.1  try 0
    "
  `)
  expect(world.say('ls', '--columns', 'metric.val/auc,metric.loss,param.lr')).toMatchInlineSnapshot(`
    "$ mlv ls --columns 'metric.val/auc,metric.loss,param.lr'
       id            metric.val/auc  metric.loss                param.lr
    ✓  <id1>         0.9200★      0.3150★  █▃▂×××▁▁▁▁▁▁  0.3000
    ✓  <id2>         0.9100       0.4545   ▃▂▁█▁▁▁▁▁▁▁▁  0.2000
    ✓  <id3>         0.9000       0.8163   █▅▄▃▂▂▂▁▁▁▁▁  0.1000
    "
  `)
  expect(world.mlv('ls', '--no-spark').stdout).not.toMatch(/[▁▂▃▄▅▆▇█]/)
  expect(world.mlv('ls', '--group', 'param.lr').stdout).not.toMatch(/[▁▂▃▄▅▆▇█]/)
  expect(world.say('ls', '--spark', 'los')).toMatchInlineSnapshot(`
    "$ mlv ls --spark los
    mlv: no metric is called 'los' (metric-not-found)
    why: the closest metrics are 'loss'
    next: run 'mlv show @' for the metrics of the newest run
    [exit 3]
    "
  `)
})

test('programs get curves only when they ask, as numbers', () => {
  const world = trained({})
  expect(world.mlv('ls').stdout).not.toContain('sparkline')
  expect(world.json('ls')).not.toHaveProperty('sparklines')
  const asked = world.json('ls', '--spark', 'loss,val/auc') as {
    readonly runs: readonly { readonly run: { readonly id: string } }[]
    readonly sparklines: Readonly<Record<string, Readonly<Record<string, readonly (number | null)[]>>>>
  }
  const [newest, spiked] = asked.runs.map(({ run }) => asked.sparklines[run.id])
  // One value is no curve.
  expect(Object.keys(newest ?? {})).toEqual(['loss'])
  expect([newest?.['loss']?.length, newest?.['loss']?.[0], newest?.['loss']?.includes(null)]).toEqual([12, 4, true])
  expect(Math.max(...(spiked?.['loss'] ?? []).map(Number))).toBe(9)
  const [titles, row] = world
    .mlv('ls', '-n', '1', '--spark', 'loss')
    .stdout.split('\n')
    .map((line) => line.split('\t'))
  expect(row?.[titles?.indexOf('sparkline loss') ?? -1]?.split(',')).toHaveLength(12)
})

test('a list is shown without curves that are damaged', () => {
  const world = trained()
  const paths = world.git('ls-tree', '-r', '--name-only', 'mlv').split('\n')
  const path = paths.find((name) => name.endsWith('series.json'))
  const blob = world.git('rev-parse', `mlv:${path ?? ''}`).trim()
  rmSync(join(world.folder, '.git', 'objects', blob.slice(0, 2), blob.slice(2)), { force: true })
  const { exitCode, stdout } = world.mlv('ls', '--columns', 'metric.loss')
  expect(exitCode).toBe(0)
  expect(stdout.trim().split('\n')).toHaveLength(4)
})

test('a chart of several runs, found by a filter, by group and along time', () => {
  const world = trained()
  expect(world.say('plot', 'loss', '@', '@~1', '--height', '6', '--width', '70')).toMatchInlineSnapshot(`
    "$ mlv plot loss @ @~1 --height 6 --width 70
    loss ↓
             9                ⣿                                           
                             ⢀⣿⡀                                          
         5.526               ⢸ ⡇                                          
               ⠲⣤⣀           ⡞ ⢧                                          
                ⠈⠙⠻a⣶⣤⣤⣀⣀⣀⡀  ⡇ ⢸                                          
        0.3150        ⠈⠉⠉⠉⠛b⠛⠁ ⠘⠒⠒⠒⠒⠒⠒⠒⠒⠒⠒⠦b⠤⠦⠤⠤⠤⠤⣤a⣤⣤⣤⣤⣤⣤⣤b⣤⣤⣤⣤⣤⣤⣤a⣀⣀⣀⣀⣀⣀
    not finite                aa aa aa aa aa                              
          step 0                           20                           39
      a  <id1>  @    last 0.3150  40 points, 10 not finite
      b  <id2>  @~1  last 0.4545  40 points
    "
  `)
  const grouped = world.mlv('plot', 'loss', '-f', 'param.lr < 0.3', '-g', 'param.depth', '--x', 'elapsed', '--log')
  expect(grouped.stdout).toMatch(/\n {3}elapsed /)
  expect(grouped.stdout).toMatch(/^loss ↓ {2}4 {2}mean of last .* {2}2 runs\n/)
  const plot = world.json('plot', 'loss', '@~2', '--x', 'time', '--group', 'param.lr') as Record<string, unknown>
  expect(plot).toMatchObject({ x: 'time', from: 1_760_000_000_000, to: 1_760_001_170_000, runs: [{ group: '0.1' }] })
  expect(world.mlv('plot', 'loss', '-f', 'param.lr > 9')).toMatchObject({ exitCode: 3 })
  expect(world.mlv('plot', 'loss', '--group', 'nothing')).toMatchObject({ exitCode: 2 })
  expect(world.mlv('plot', 'loss', '--x', 'wall')).toMatchObject({ exitCode: 2 })
})
