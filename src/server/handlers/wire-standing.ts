/**
 * How a run stands, as the wire has it. Pure, so that a copy of the pages can answer in the browser.
 */
import type { RunStanding } from '../../domain/standing.ts'
import { wireNumber, wireRule } from '../to-wire.ts'
import type { WireStanding } from '../wire.ts'

/** A standing; `commitPage` is where the commit of the run can be looked at. */
export function wireStanding({ experiment, metrics, beside }: RunStanding, commitPage: string | null): WireStanding {
  return {
    experiment,
    metrics: metrics.map(({ key, rule, value, place, of, rival }) => ({
      key,
      rule: wireRule(rule),
      value: wireNumber(value),
      place,
      of,
      rival: rival === undefined ? null : { ...rival, value: wireNumber(rival.value) },
    })),
    beside,
    commitPage,
  }
}
