/**
 * Events for pages that are open: one look a second for all of them, and none while there is no page.
 *
 * Events are numbered. A page that connects again says which one it heard last, and is told what came since; one that
 * reads slower than things happen is told what they came to, and never makes the server keep more than that.
 */
import type { ServerResponse } from 'node:http'
import { watchRepository } from '../ops/record/watch-repository.ts'
import type { RepositoryNews, RepositoryWatch } from '../ops/record/watch-repository.ts'
import type { Repository } from '../ops/repository/repository.ts'
import { openEventLog } from './event-log.ts'
import type { EventLog, NumberedEvent } from './event-log.ts'
import { COMMON_HEADERS } from './respond.ts'
import { ServerRefusal } from './refusal.ts'
import { wireNumber } from './to-wire.ts'
import type { WireEvent } from './wire.ts'

/** Tells pages what happens. */
export interface LiveFeed {
  /**
   * Answers with events until the page goes. @throws a refusal when too many listen
   *
   * @param lastHeard what the page says it heard last, as the server named it then
   */
  readonly listen: (response: ServerResponse, lastHeard?: string) => void
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
/** A page that took nothing while so much happened is not waited for. */
const LIMIT_BEHIND = 600
/** Of a run at one look: a page draws from the series, and asks for what is missing there. */
const LIMIT_POINTS = 256

/** Starts a feed; it looks only while somebody listens. */
export function openLiveFeed(
  repository: Repository,
  { everyMs = 1_000, heartbeatMs = 15_000, onBug }: FeedOptions,
): LiveFeed {
  const listeners = new Set<Listener>()
  const log = openEventLog(Buffer.from(repository.entropy.randomBytes(6)).toString('hex'))
  // Kept while nobody listens: the next page to come is told what happened meanwhile.
  const seen: Seen = { watch: watchRepository(repository), before: undefined, looking: Promise.resolve() }
  const tell = (events: readonly WireEvent[]): void => {
    const numbered = events.map((event) => log.add(event))
    for (const listener of listeners) listener.tell(numbered)
  }
  const beat = (): void => {
    for (const listener of listeners) listener.beat()
  }
  let looking: { readonly stop: () => void } | undefined
  const stopWhenAlone = (): void => {
    if (listeners.size > 0) return
    looking?.stop()
    looking = undefined
  }
  return {
    listen: (response, lastHeard) => {
      if (listeners.size >= LIMIT_LISTENERS) throw tooMany()
      response.writeHead(200, { ...COMMON_HEADERS, 'content-type': 'text/event-stream; charset=utf-8' })
      const listener = openListener(response, log)
      response.once('close', () => {
        listeners.delete(listener)
        stopWhenAlone()
      })
      listeners.add(listener)
      looking ??= startLooking(seen, { everyMs, heartbeatMs, tell, beat, onBug })
      const missed = lastHeard === undefined ? undefined : log.since(lastHeard)
      if (missed === undefined) listener.tell([{ id: log.last(), event: helloOf(seen.before) }])
      else listener.tell(missed)
    },
    close: () => {
      for (const listener of listeners) listener.end()
      listeners.clear()
      stopWhenAlone()
    },
  }
}

function tooMany(): ServerRefusal {
  const why = `${LIMIT_LISTENERS} pages listen already`
  return new ServerRefusal(503, 'server-busy', { what: 'no more events can be told', why, next: 'close some of them' })
}

/** One page. */
interface Listener {
  readonly tell: (events: readonly NumberedEvent[]) => void
  readonly beat: () => void
  readonly end: () => void
}

function openListener(response: ServerResponse, log: EventLog): Listener {
  // What it was not told yet, because it has not taken what was sent before.
  let waiting: readonly NumberedEvent[] = []
  let behind = 0
  const send = (): void => {
    if (waiting.length === 0 || response.writableNeedDrain) return
    response.write(waiting.map(eventText).join(''))
    waiting = []
    behind = 0
  }
  response.on('drain', send)
  return {
    tell: (events) => {
      if (events.length === 0) return
      waiting = log.together([...waiting, ...events])
      behind += 1
      if (behind > LIMIT_BEHIND) response.destroy()
      else send()
    },
    // A line that begins with a colon is for keeping the connection alone (server-sent events, 9.2.6).
    beat: () => {
      if (!response.writableNeedDrain) response.write(':\n\n')
    },
    end: () => response.end(),
  }
}

/** What the last look found. */
interface Seen {
  readonly watch: RepositoryWatch
  before: RepositoryNews | undefined
  /** A look that is under way, though nobody listened any more when it began. */
  looking: Promise<unknown>
}

/** Looks, tells, waits, and looks again: never two looks at once. */
function startLooking(
  seen: Seen,
  {
    everyMs,
    heartbeatMs,
    tell,
    beat,
    onBug,
  }: Required<FeedOptions> & { readonly tell: (events: readonly WireEvent[]) => void; readonly beat: () => void },
): { readonly stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isStopped = false
  let quietMs = 0
  const look = async (): Promise<void> => {
    try {
      const earlier = seen.looking
      const found = earlier.then(() => seen.watch.look())
      seen.looking = found.catch(() => undefined)
      const news = await found
      const events = seen.before === undefined ? [helloOf(news)] : eventsBetween(seen.before, news)
      seen.before = news
      quietMs = events.length > 0 ? 0 : quietMs + everyMs
      tell(events)
    } catch (error) {
      onBug(error)
    }
    if (!isStopped && quietMs >= heartbeatMs) {
      beat()
      quietMs = 0
    }
    if (!isStopped) timer = setTimeout(() => void look(), everyMs)
  }
  void look()
  return {
    stop: () => {
      isStopped = true
      clearTimeout(timer)
    },
  }
}

/** What was so already when a page began to listen it asks for itself; which runs are live it is told. */
function helloOf(news: RepositoryNews | undefined): WireEvent {
  return { kind: 'hello', live: news?.live ?? [] }
}

/** What became different between two looks. */
export function eventsBetween(before: RepositoryNews, now: RepositoryNews): readonly WireEvent[] {
  const started = now.live.filter((run) => !before.live.includes(run))
  const ended = before.live.filter((run) => !now.live.includes(run))
  return [
    ...started.map((run): WireEvent => ({ kind: 'run-started', run })),
    ...now.news.map(({ run, points, isCut, hasOutput }): WireEvent => {
      const told = points
        .slice(-LIMIT_POINTS)
        .map(({ key, step, value }) => ({ metric: key, step: step ?? null, value: wireNumber(value) }))
      return { kind: 'points', run, points: told, isCut: isCut || told.length < points.length, hasOutput }
    }),
    ...ended.map((run): WireEvent => ({ kind: 'run-ended', run })),
    ...(now.tip === undefined || now.tip === before.tip ? [] : [{ kind: 'branch-moved' as const, tip: now.tip }]),
  ]
}

function eventText({ id, event }: NumberedEvent): string {
  // JSON has no line breaks of its own, so an event is one line.
  return `id: ${id}\ndata: ${JSON.stringify(event)}\n\n`
}
