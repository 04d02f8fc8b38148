/**
 * Where this clone stands, for `mlv status`.
 */
import type { AreaStatus, StatusReport } from '../../src/ops/read/read-status.ts'
import { bytesText, countText } from './bytes.ts'
import { styled } from './line.ts'
import type { Line } from './line.ts'
import { shortId, shortOid } from './short-id.ts'

/** Writes the status, and what to do about it where something is to be done. */
export function statusText(report: StatusReport): readonly Line[] {
  if (!report.initialized)
    return [["mlv is not set up here; run 'mlv fetch' when others have set it up, else 'mlv init'"]]
  const { runs, models, storeObjects, storeBytes, engine } = report
  return [
    ...report.areas.map(areaLine),
    ...waitingLines(report),
    [`${countText(runs, 'run')}, ${countText(models, 'model')}`],
    [`store ${countText(storeObjects, 'object')}, ${bytesText(storeBytes)}; git engine ${engine}`],
    ...pendingLines(report),
    ...requestLines(report),
    ...missingCodeLines(report),
  ]
}

function areaLine({ ref, tip, upstream }: AreaStatus): Line {
  const name = ref.replace(/^refs\/heads\//, '')
  if (tip === undefined) return ['branch ', styled('strong', name), ' does not exist here']
  return ['branch ', styled('strong', name), ` at ${shortOid(tip)}${upstreamText(upstream)}`]
}

function waitingLines({ areas }: StatusReport): readonly Line[] {
  const waiting = areas.reduce((sum, { upstream }) => sum + (upstream?.ahead ?? 0), 0)
  return waiting === 0
    ? []
    : [[`${countText(waiting, 'operation')} ${waiting === 1 ? 'waits' : 'wait'} to be shared; run 'mlv push'`]]
}

function upstreamText(upstream: AreaStatus['upstream']): string {
  if (upstream === undefined) return ', never pushed'
  const name = upstream.ref.replace(/^refs\/remotes\//, '')
  const { ahead, behind } = upstream
  if (ahead === 0 && behind === 0) return `, up to date with ${name}`
  const parts = [ahead === 0 ? [] : [`${ahead} ahead of`], behind === 0 ? [] : [`${behind} behind`]].flat()
  return `, ${parts.join(' and ')} ${name}`
}

function pendingLines({ pending }: StatusReport): readonly Line[] {
  const interrupted = pending.filter(({ live }) => !live)
  const lines = pending.map(({ run, experiment, live }): Line => {
    return ['  ', styled(live ? 'good' : 'warning', live ? 'running' : 'interrupted'), ` ${shortId(run)} ${experiment}`]
  })
  const advice: readonly Line[] = interrupted.length === 0 ? [] : [["  run 'mlv commit --recover' to record them"]]
  return pending.length === 0 ? [] : [['not yet on the branch:'], ...lines, ...advice]
}

function requestLines({ requests }: StatusReport): readonly Line[] {
  const lines = requests.map(({ branch, model, alias, version, by, isOutdated }): Line => {
    const outdated = isOutdated ? [styled('warning', ', outdated: the alias was moved since')] : []
    return [`  ${branch}: ${model}@${alias} to `, styled('strong', `v${version.number}`), ` by ${by}`, ...outdated]
  })
  return lines.length === 0 ? [] : [['promotions that wait for a review:'], ...lines]
}

function missingCodeLines({ missingCode }: StatusReport): readonly Line[] {
  if (missingCode.length === 0) return []
  const shown = missingCode.slice(0, 5).map(shortId).join(', ')
  const more = missingCode.length > 5 ? ` and ${missingCode.length - 5} more` : ''
  return [
    [styled('warning', `the code of ${countText(missingCode.length, 'run')} is not here: `), shown, more],
    ["  it is fetched when it is needed; 'mlv fetch --code' fetches what was sent now"],
  ]
}
