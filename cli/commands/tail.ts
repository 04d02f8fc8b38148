/**
 * `mlv tail`: what a run prints and logs, while it does.
 */
import { valueMap } from '../../src/base/value.ts'
import type { ValueMap } from '../../src/base/value.ts'
import { refuse } from '../../src/domain/failure.ts'
import { openTail } from '../../src/ops/record/tail-run.ts'
import type { TailNews, TailPoint } from '../../src/ops/record/tail-run.ts'
import { defineCommand } from '../command.ts'
import { EXIT } from '../exit-code.ts'
import { styled } from '../format/line.ts'
import type { Line } from '../format/line.ts'
import { exactNumberText } from '../format/number.ts'
import { integer, listJson } from '../json/json-members.ts'
import { flag, optional } from '../option.ts'
import { LOOK_EVERY_MS, pause } from '../pause.ts'

/** The command. */
export const tailCommand = defineCommand({
  name: 'tail',
  summary: 'Show what a run prints and logs',
  details: [
    'Of a live run its output and the points of its metrics so far; with --follow on and on until it ends, or Ctrl-C.',
    "Of a run that is recorded, its output. '@' is the newest run, live ones too.",
  ],
  arguments: { revision: optional('revision', 'the run; the newest when absent') },
  options: { follow: flag('--follow', 'go on until the run ends') },
  examples: [
    { line: 'mlv tail --follow', does: 'watch the newest run' },
    { line: 'mlv tail 01k9zq4w8d2m', does: 'what that run printed' },
  ],
  run: async ({ output, withRepository, commandTerminal }, { revision }, { follow }) => {
    if (follow && output.isJson)
      throw refuse('usage-invalid', { problem: '--json shows what there is, so not --follow' })
    await withRepository(async (repository) => {
      const tail = await openTail(repository, revision ?? '@')
      const terminal = commandTerminal()
      if (output.isJson) {
        const news = await everything(tail.news)
        output.document(tailJson(tail.run, news))
        return
      }
      for (let news = await tail.news(); ; news = await tail.news()) {
        for (const bytes of news.output) await terminal.write('stdout', bytes)
        if (news.points.length > 0)
          output.answer(
            () => new Map(),
            () => news.points.map(pointLine),
          )
        const isNothing = news.output.length + news.points.length === 0
        if (news.state === 'ended' || (!follow && isNothing)) return
        if (isNothing) await pause(LOOK_EVERY_MS)
      }
    })
    return EXIT.ok
  },
})

/** What there is now, gathered until a look finds nothing more. */
async function everything(look: () => Promise<TailNews>): Promise<TailNews> {
  const all: { output: Uint8Array[]; points: TailPoint[] } = { output: [], points: [] }
  for (;;) {
    const news = await look()
    all.output.push(...news.output)
    all.points.push(...news.points)
    if (news.state === 'ended' || news.output.length + news.points.length === 0) return { ...all, state: news.state }
  }
}

/** The tail as JSON. */
export function tailJson(run: string, { state, output, points }: TailNews): ValueMap {
  return valueMap({
    run,
    state,
    output: Buffer.concat(output).toString('utf8'),
    points: listJson(points, ({ key, step, value }) => valueMap({ key, step: integer(step), value })),
  })
}

function pointLine({ key, step, value }: TailPoint): Line {
  const at = step === undefined ? '' : ` step ${step}`
  return [styled('faint', `${key}${at}`), ` ${exactNumberText(value)}`]
}
