/**
 * The live screen at work: looks once a second, draws what changed at most ten times a second, and ends by a key, a
 * signal or the end of its terminal.
 */
import type { MetricKey } from '../../src/domain/key.ts'
import { watchActivity } from '../../src/ops/read/watch-activity.ts'
import type { Activity } from '../../src/ops/read/watch-activity.ts'
import type { Repository } from '../../src/ops/repository/repository.ts'
import { EXIT } from '../exit-code.ts'
import type { ExitCode } from '../exit-code.ts'
import type { Output } from '../output.ts'
import { untilStopped } from '../stop-signal.ts'
import { openScreen } from '../terminal-screen.ts'
import type { TerminalScreen } from '../terminal-screen.ts'
import { firstTopState, pressed } from './top-state.ts'
import { topView } from './top-view.ts'

/** What to show. */
export interface TopWishes {
  readonly filter: string
  readonly metric: MetricKey | undefined
  /** Runs that ended. */
  readonly ended: number
}

const LOOK_EVERY_MS = 1_000
/** Looking takes at most one part in so many of the time, however large the repository. */
const REST = 4
const DRAW_EVERY_MS = 100

/**
 * Shows the screen until it is ended; `undefined` where there is no terminal to show it on.
 *
 * @throws what `watchActivity` refuses, with the terminal given back
 */
export async function runTop(
  output: Output,
  repository: Repository,
  { filter, metric, ended }: TopWishes,
): Promise<ExitCode | undefined> {
  const watch = watchActivity(repository, { ended })
  let [state, activity]: [ReturnType<typeof firstTopState>, Activity | undefined] = [
    firstTopState(filter, metric),
    undefined,
  ]
  const ending = openEnding()
  const draw = atMostEvery(DRAW_EVERY_MS, () => {
    if (screen === undefined || activity === undefined || ending.isOver()) return
    screen.draw(output.render(topView(activity, state, screen.size()).lines))
  })
  const screen: TerminalScreen | undefined = openScreen({
    onKeys: (keys) => {
      for (const key of keys) {
        const size = screen?.size()
        // Until there is something to show, a key can only end it.
        const around = activity === undefined || size === undefined ? NOTHING : topView(activity, state, size).around
        const next = pressed(state, key, around)
        if (next === 'quit') return ending.end(key === 'ctrl-c' ? EXIT.interrupted : EXIT.ok)
        state = next
      }
      draw.soon()
    },
    onResize: draw.soon,
    onGone: () => ending.end(EXIT.interrupted),
  })
  if (screen === undefined) return undefined
  void untilStopped().then((signal) => ending.end(signal === 'SIGTERM' ? EXIT.terminated : EXIT.interrupted))
  try {
    while (!ending.isOver()) {
      const startedMs = repository.clock.elapsedMs()
      activity = (await ending.or(watch.look())) ?? activity
      draw.soon()
      await ending.wait(Math.max(LOOK_EVERY_MS, REST * (repository.clock.elapsedMs() - startedMs)))
    }
    return ending.exitCode()
  } finally {
    draw.stop()
    screen.close()
  }
}

const NOTHING = { runs: [], metrics: [], plotted: 0, pageSize: 1 }

/** The end of the screen, and waiting that it cuts short. */
interface Ending {
  readonly end: (exitCode: ExitCode) => void
  readonly isOver: () => boolean
  readonly exitCode: () => ExitCode
  /** What work comes to; `undefined` when the end comes first. */
  readonly or: <Result>(work: Promise<Result>) => Promise<Result | undefined>
  readonly wait: (ms: number) => Promise<void>
}

function openEnding(): Ending {
  let exitCode: ExitCode | undefined
  let resolve: () => void = () => undefined
  const over = new Promise<undefined>((done) => (resolve = () => done(undefined)))
  return {
    end: (code) => {
      exitCode ??= code
      resolve()
    },
    isOver: () => exitCode !== undefined,
    exitCode: () => exitCode ?? EXIT.ok,
    or: (work) => {
      // Work that nobody waits for any more may fail: the repository is closed under it.
      work.catch(() => undefined)
      return Promise.race([over, work])
    },
    wait: async (ms) => {
      let timer: NodeJS.Timeout | undefined
      await Promise.race([over, new Promise<void>((done) => (timer = setTimeout(done, ms)))])
      clearTimeout(timer)
    },
  }
}

/** Does something soon, and never more often than told; the last wish is always met. */
function atMostEvery(ms: number, work: () => void): { readonly soon: () => void; readonly stop: () => void } {
  let timer: NodeJS.Timeout | undefined
  let isWanted = false
  const run = (): void => {
    work()
    timer = setTimeout(() => {
      timer = undefined
      if (isWanted) run()
      isWanted = false
    }, ms)
  }
  return {
    soon: () => {
      if (timer === undefined) run()
      else isWanted = true
    },
    stop: () => clearTimeout(timer),
  }
}
