/**
 * The last events, by number: what a page missed while it was away, as long as that is not too much.
 */
import type { WireEvent } from './wire.ts'

/** An event with its name. */
export interface NumberedEvent {
  /** Of this server alone, in the order of events. */
  readonly id: string
  readonly event: WireEvent
}

/** Keeps the last events. */
export interface EventLog {
  readonly add: (event: WireEvent) => NumberedEvent
  /** The name of the last event; of none so far at first. */
  readonly last: () => string
  /** What came after an event; `undefined` for one of another server, or one that is forgotten. */
  readonly since: (id: string) => readonly NumberedEvent[] | undefined
  /** Events as few as tell the same, if they are many: what a run did in all, and where the branch stands at last. */
  readonly together: (events: readonly NumberedEvent[]) => readonly NumberedEvent[]
}

const LIMIT_EVENTS = 512
/** More than that is told in short. */
const FEW = 8

/** Starts without events. @param server tells the events of this server from those of another */
export function openEventLog(server: string): EventLog {
  let count = 0
  let events: NumberedEvent[] = []
  const nameOf = (number: number): string => `${server}-${number}`
  return {
    add: (event) => {
      count += 1
      const numbered = { id: nameOf(count), event }
      events.push(numbered)
      if (events.length > 2 * LIMIT_EVENTS) events = events.slice(-LIMIT_EVENTS)
      return numbered
    },
    last: () => nameOf(count),
    since: (id) => {
      const number = id.startsWith(`${server}-`) ? Number(id.slice(server.length + 1)) : NaN
      const missing = count - number
      return missing >= 0 && missing <= events.length ? together(events.slice(events.length - missing)) : undefined
    },
    together,
  }
}

function together(events: readonly NumberedEvent[]): readonly NumberedEvent[] {
  if (events.length <= FEW) return events
  const last = new Map<string, NumberedEvent>()
  for (const { id, event } of events) {
    const name = event.kind === 'branch-moved' || event.kind === 'hello' ? event.kind : `${event.kind} ${event.run}`
    const earlier = last.get(name)?.event
    last.delete(name)
    last.set(name, { id, event: earlier === undefined ? event : joined(earlier, event) })
  }
  return [...last.values()]
}

/** What a run logged twice is told without the points: the series has them. */
function joined(earlier: WireEvent, event: WireEvent): WireEvent {
  if (event.kind !== 'points' || earlier.kind !== 'points') return event
  return { ...event, points: [], isCut: true, hasOutput: event.hasOutput || earlier.hasOutput }
}
