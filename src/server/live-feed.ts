/**
 * Events for pages that are open: one look a second for all of them, and none while there is no page.
 */
import type { ServerResponse } from 'node:http'
import { watchRepository } from '../ops/record/watch-repository.ts'
import type { RepositoryNews } from '../ops/record/watch-repository.ts'
import type { Repository } from '../ops/repository/repository.ts'
import { COMMON_HEADERS } from './respond.ts'
import { ServerRefusal } from './refusal.ts'
import { wireNumber } from './to-wire.ts'
import type { WireEvent } from './wire.ts'

/** Tells pages what happens. */
export interface LiveFeed {
  /** Answers with events until the page goes. @throws a refusal when too many listen */
  readonly listen: (response: ServerResponse) => void
  /** Ends all answers. */
  readonly close: () => void
}

/** How often to look, and what to tell of a look that failed. */
export interface FeedOptions {
  readonly everyMs?: number
  readonly heartbeatMs?: number
  readonly onBug: (error: unknown) => void
}

const LIMIT_LISTENERS = 50
/** A page that takes nothing any more is not waited for. */
const LIMIT_UNREAD_BYTES = 4 * 1024 * 1024

/** Starts a feed; it looks only while somebody listens. */
export function openLiveFeed(
  repository: Repository,
  { everyMs = 1_000, heartbeatMs = 15_000, onBug }: FeedOptions,
): LiveFeed {
  const listeners = new Set<ServerResponse>()
  let looking: Looking | undefined
  const send = (text: string): void => {
    for (const listener of listeners) {
      if (listener.writableLength > LIMIT_UNREAD_BYTES) listener.destroy()
      else listener.write(text)
    }
  }
  const stopWhenAlone = (): void => {
    if (listeners.size > 0) return
    looking?.stop()
    looking = undefined
  }
  return {
    listen: (response) => {
      if (listeners.size >= LIMIT_LISTENERS) {
        const why = `${LIMIT_LISTENERS} pages listen already`
        throw new ServerRefusal(503, 'server-busy', {
          what: 'no more events can be told',
          why,
          next: 'close some of them',
        })
      }
      response.writeHead(200, { ...COMMON_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' })
      response.once('close', () => {
        listeners.delete(response)
        stopWhenAlone()
      })
      listeners.add(response)
      looking ??= startLooking(repository, { everyMs, heartbeatMs, send, onBug })
      response.write(eventText({ kind: 'hello', live: looking.live() }))
    },
    close: () => {
      for (const listener of listeners) listener.end()
      listeners.clear()
      stopWhenAlone()
    },
  }
}

interface Looking {
  readonly live: () => readonly string[]
  readonly stop: () => void
}

/** Looks, tells, waits, and looks again: never two looks at once. */
function startLooking(
  repository: Repository,
  { everyMs, heartbeatMs, send, onBug }: Required<FeedOptions> & { readonly send: (text: string) => void },
): Looking {
  const watch = watchRepository(repository)
  let before: RepositoryNews | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStopped = false
  let quietMs = 0
  const look = async (): Promise<void> => {
    try {
      const news = await watch.look()
      const events = before === undefined ? firstEvents(news) : eventsBetween(before, news)
      before = news
      quietMs = events.length > 0 ? 0 : quietMs + everyMs
      if (!isStopped && events.length > 0) send(events.map(eventText).join(''))
    } catch (error) {
      onBug(error)
    }
    // A line that begins with a colon is for keeping the connection alone (server-sent events, 9.2.6).
    if (!isStopped && quietMs >= heartbeatMs) {
      send(':\n\n')
      quietMs = 0
    }
    if (!isStopped) timer = setTimeout(() => void look(), everyMs)
  }
  void look()
  return {
    live: () => before?.live ?? [],
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** What was so already when the first page began to listen it asks for itself; which runs are live it was not told. */
function firstEvents({ live }: RepositoryNews): readonly WireEvent[] {
  return [{ kind: 'hello', live }]
}

/** What became different between two looks. */
export function eventsBetween(before: RepositoryNews, now: RepositoryNews): readonly WireEvent[] {
  const started = now.live.filter((run) => !before.live.includes(run))
  const ended = before.live.filter((run) => !now.live.includes(run))
  return [
    ...started.map((run): WireEvent => ({ kind: 'run-started', run })),
    ...now.news.map(({ run, points, isCut, hasOutput }): WireEvent => {
      const told = points.map(({ key, step, value }) => ({ metric: key, step: step ?? null, value: wireNumber(value) }))
      return { kind: 'points', run, points: told, isCut, hasOutput }
    }),
    ...ended.map((run): WireEvent => ({ kind: 'run-ended', run })),
    ...(now.tip === undefined || now.tip === before.tip ? [] : [{ kind: 'branch-moved' as const, tip: now.tip }]),
  ]
}

function eventText(event: WireEvent): string {
  // JSON has no line breaks of its own, so an event is one line.
  return `data: ${JSON.stringify(event)}\n\n`
}
