/** The live screen, as it is seen: pure, so nothing here waits for a terminal. */
import { describe, expect, test } from 'vitest'
import { displayWidth } from '../../../cli/format/display-width.ts'
import { plainText, renderLine } from '../../../cli/format/line.ts'
import { firstTopState, pressed } from '../../../cli/top/top-state.ts'
import type { TopState } from '../../../cli/top/top-state.ts'
import { topView } from '../../../cli/top/top-view.ts'
import { ACTIVITY, HOSTILE_ACTIVITY } from '../sample-activity.ts'
import type { Activity } from '../../../src/ops/read/watch-activity.ts'

const USUAL = { columns: 80, rows: 24 }

/** Presses keys one after the other, the screen drawn in between. */
function after(keys: readonly string[], activity = ACTIVITY, size = USUAL): TopState | 'quit' {
  return keys.reduce<TopState | 'quit'>(
    (state, key) => (state === 'quit' ? state : pressed(state, key, topView(activity, state, size).around)),
    firstTopState('', undefined),
  )
}

function screen(keys: readonly string[] = [], activity: Activity = ACTIVITY, size = USUAL): string {
  const state = after(keys, activity, size)
  if (state === 'quit') return 'quit'
  const lines = topView(activity, state, size).lines.map((line) => plainText(line).trimEnd())
  return `\n${lines.join('\n')}\n`
}

describe('the list', () => {
  test('at 80 x 24', () => {
    expect(screen()).toMatchInlineSnapshot(`
      "
      mlv top  1 running, 1 interrupted, 2 ended
           run           name               time  step     loss ↓
      > ●  01m7w4n5e000  wider             12:04   299    0.06472  █▂▁▁▁▁▁▁▁▁▁▁
        !  01m7w4n5e000  lost its machine           39     0.4082  █▅▄▃▂▂▂▁▁▁▁▁
        ✗  01m7w4n5e000  too fast           1:01    59  4039120.3  ▁▁▁▁▁▁▁▂▃▄▆█
        ✓  01m7w4n5e000  the baseline       1:01   199    0.09569  █▂▂▁▁▁▁▁▁▁▁▁










      ────────────────────────────────────────────────────────────────────────────────
      ● running 01m7w4n5e000 wider  started 12 min ago
      lr=0.3 depth=4
      loss ↓     0.06472  best 0.06472  █▃▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁
      val/auc ↑  0.9686   best 0.9686   ▁▄▅▆▆▇▇▇▇▇██████████████████████
      cpu 198%  memory 3.12 GB  gpu 89%
      | epoch 3 loss 0.065
      j/k move  enter plot  s sort  / filter  m metric  ? help  q quit
      "
    `)
  })

  test('at 60 x 20, the second run chosen', () => {
    expect(screen(['j'], ACTIVITY, { columns: 60, rows: 20 })).toMatchInlineSnapshot(`
      "
      mlv top  1 running, 1 interrupted, 2 ended
           run            time  step     loss ↓
        ●  01m7w4n5e000  12:04   299    0.06472  █▂▁▁▁▁▁▁▁▁▁▁
      > !  01m7w4n5e000           39     0.4082  █▅▄▃▂▂▂▁▁▁▁▁
        ✗  01m7w4n5e000   1:01    59  4039120.3  ▁▁▁▁▁▁▁▂▃▄▆█
        ✓  01m7w4n5e000   1:01   199    0.09569  █▂▂▁▁▁▁▁▁▁▁▁






      ────────────────────────────────────────────────────────────
      ! interrupted 01m7w4n5e000 lost its machine  started 12 min…
      lr=0.2 depth=4
      loss ↓     0.4082  best 0.4082  █▅▄▃▂▂▂▁▁▁▁▁
      val/auc ↑  0.8276  best 0.8276  ▁▃▄▅▆▆▇▇████
      | saving
      run 'mlv commit --recover' to record it
      j/k move  enter plot  s sort  / filter  m metric  ? help  q…
      "
    `)
  })

  test('at 140 x 13, which is too low for more than the list', () => {
    expect(screen([], ACTIVITY, { columns: 140, rows: 13 })).toMatchInlineSnapshot(`
      "
      mlv top  1 running, 1 interrupted, 2 ended
           run           name            state         time  step  steps/s     loss ↓                val/auc ↑                 cpu  last line
      > ●  01m7w4n5e000  wider           running      12:04   299      0.5    0.06472  █▂▁▁▁▁▁▁▁▁▁▁     0.9686  ▁▇▇█████████  198%  epoch 3 loss …
        !  01m7w4n5e000  lost its mach…  interrupted           39              0.4082  █▅▄▃▂▂▂▁▁▁▁▁     0.8276  ▁▃▄▅▆▆▇▇████        saving
        ✗  01m7w4n5e000  too fast        failed        1:01    59           4039120.3  ▁▁▁▁▁▁▁▂▃▄▆█     0.8718  ▁▄▅▆▆▇▇█████
        ✓  01m7w4n5e000  the baseline    finished      1:01   199             0.09569  █▂▂▁▁▁▁▁▁▁▁▁     0.9541  ▁▆▇▇████████






      j/k move  enter plot  s sort  / filter  m metric  ? help  q quit
      "
    `)
  })

  test.each([
    [1, 1],
    [5, 2],
    [10, 3],
    [20, 5],
    [30, 14],
    [300, 100],
  ])('at %d x %d it fills the screen and goes nowhere beyond it', (columns, rows) => {
    for (const keys of [[], ['j'], ['\r'], ['?'], ['m'], ['/', 'x']].map((list) => list.map(named))) {
      const state = after(keys, HOSTILE_ACTIVITY, { columns, rows })
      if (state === 'quit') throw new Error('expected a screen')
      const { lines } = topView(HOSTILE_ACTIVITY, state, { columns, rows })
      expect(lines).toHaveLength(rows)
      for (const line of lines) expect(displayWidth(plainText(line))).toBeLessThanOrEqual(columns)
    }
  })

  test('a chosen run stays in sight of a list that is longer than the screen; there may be none', () => {
    const [first] = ACTIVITY.rows
    if (first === undefined) throw new Error('expected a run')
    const rows = Array.from({ length: 100 }, (_, index) => {
      const id = `01k9zq4w8d2m00000000000${String(index).padStart(3, '0')}` as typeof first.row.run.id
      return { ...first, row: { ...first.row, run: { ...first.row.run, id, message: `number ${index}` } } }
    })
    const shown = screen(['page-down', 'j', 'j'], { ...ACTIVITY, rows }, USUAL)
    expect(shown).toMatch(/^> .*number 16/m)
    expect(screen(['G'], { ...ACTIVITY, rows }, USUAL)).toMatch(/^> .*number 99/m)
    expect(screen(['G', 'g'], { ...ACTIVITY, rows }, USUAL)).toMatch(/^> .*number 0/m)
    expect(screen(['j', 'enter', 'm', 'enter', 's'], { atMs: 0, rows: [] })).toContain('no runs to show')
  })
})

describe('keys', () => {
  test('q and Ctrl-C end it, from a page of its own q goes back', () => {
    expect(after(['q'])).toBe('quit')
    expect(after(['?', 'ctrl-c'])).toBe('quit')
    for (const page of ['enter', 'm', '?']) expect(after([page, 'q'])).toMatchObject({ page: 'runs' })
  })

  test('s sorts: by the metric the best is first, runs without it last', () => {
    const order = (keys: readonly string[]): readonly string[] =>
      [...screen(keys).matchAll(/^[> ] . {2}\w{12} {2}(\w+)/gm)].map(([, name]) => name ?? '')
    expect(order([])).toEqual(['wider', 'lost', 'too', 'the'])
    expect(order(['s'])).toEqual(['wider', 'the', 'lost', 'too'])
    expect(order(['s', 's', 's'])).toEqual(['wider', 'the', 'too', 'lost'])
    expect(screen(['s'])).toContain('by metric')
  })

  test('/ filters by words as they are typed, and by what mlv ls takes', () => {
    expect(screen(['/', ...typed('lr=9')])).toMatch(/1 of 4 match lr=9[^]*too fast[^]*filter: lr=9/)
    expect(screen(['/', ...typed('lr=9'), 'escape'])).toContain('lost its')
    expect(screen(['/', ...typed('param.lr > 0.2 and status = running'), 'enter'])).toMatch(/1 of 4 match.*\n.*\n> ●/)
    expect(screen(['/', ...typed('nobody'), 'enter'])).toContain('no runs to show')
    expect(screen(['/', ...typed('nobodyx'), 'backspace', 'ctrl-u', 'enter', 'escape'])).toContain('lost its')
  })

  test('m chooses the metric that is shown first', () => {
    expect(screen(['m', 'j'])).toMatch(/choose a metric {2}2 metrics\n\n {2}loss\n> val\/auc/)
    expect(screen(['m', 'j', 'enter'])).toMatch(/step {2}(steps\/s {2})?val\/auc ↑/)
  })

  test('enter plots the metrics of the run, l by their logarithms', () => {
    expect(screen(['j', 'j', 'enter', 'l'])).toMatchInlineSnapshot(`
      "
      ✗ 01m7w4n5e000 too fast  2 metrics
      loss ↓  last 4039120.3  60 points
       4039120.3                                            ⢀⣀⣀⣀⣀⣀⣠⠤⠤⠤⠤⠤⠤⠴⠒⠒⠒⠒⠒⠒⠒⠚⠉⠉⠉⠉
                                          ⢀⣀⣀⣀⣠⠤⠤⠤⠴⠒⠒⠒⠒⠋⠉⠉⠉⠉⠉
                                ⣀⣀⣠⠤⠴⠒⠒⠚⠉⠉⠉
          3720.0          ⣀⣠⠴⠒⠚⠉⠁
                      ⢀⡤⠖⠋⠁
                    ⢀⡼⠉
                   ⡴⠋
          0.3333  ⣸⠁
            step 0                                30                                59
      val/auc ↑  last 0.8718  30 points
          0.8718                                          ⢀⣀⣀⣀⣀⣀⣀⡤⠤⠤⠤⠤⠤⠤⠖⠒⠒⠒⠒⠒⠒⠒⠚⠉⠉⠉⠉⠉
                                           ⢀⣀⣀⣠⠤⠤⠤⠖⠒⠒⠒⠋⠉⠉⠉⠉
                                  ⢀⣀⡤⠤⠖⠒⠚⠉⠉⠉
          0.6870            ⣀⣠⠤⠖⠚⠉⠉
                        ⣀⡤⠖⠋⠁
                     ⣠⠴⠚⠁
                  ⢀⡴⠚⠁
          0.5000 ⣠⠞
            step 0                                15                                29


      j/k metrics  l linear  q back
      "
    `)
    expect(screen(['enter', 'j', 'j', 'j'])).toMatch(/^val\/auc/m)
  })

  test('? tells all keys', () => {
    expect(screen(['?'])).toMatchInlineSnapshot(`
      "
      mlv top

        j k, arrows  next run, run before
        g G          first run, last run
        enter        plot the metrics of the run
        s            sort by start, metric, time or step
        m            choose the metric
        /            filter: words, or as for mlv ls; escape clears
        l            logarithmic scale, in a plot
        ?            this page
        q            back, or quit

        ●  running
        ✓  finished
        ✗  failed
        ■  killed
        !  interrupted






      any key goes back
      "
    `)
  })
})

test('nothing that a name, a metric or a command wrote reaches the terminal as it is', () => {
  for (const keys of [[], ['enter'], ['m'], ['/', 'a']]) {
    const state = after(keys, HOSTILE_ACTIVITY)
    if (state === 'quit') throw new Error('expected a screen')
    const { lines } = topView(HOSTILE_ACTIVITY, state, { columns: 400, rows: 50 })
    const drawn = lines.map((line) => renderLine(line, { hasColor: false, isActionsLog: false })).join('\n')
    expect(drawn).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    if (keys[0] !== 'enter') expect(drawn).toContain('\\x1b')
  }
})

function named(key: string): string {
  return key === '\r' ? 'enter' : key
}

function typed(text: string): readonly string[] {
  return Array.from(text)
}
