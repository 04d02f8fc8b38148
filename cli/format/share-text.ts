/**
 * What sharing did, for people: what came, what went, and what the other side kept out with the command to redo it.
 */
import type { MergeNotice } from '../../src/domain/merge-notice.ts'
import { NO_ARTIFACTS } from '../../src/ops/repository/share-state.ts'
import type { AreaMove, ArtifactTotals, ShareReport } from '../../src/ops/repository/share-state.ts'
import { bytesText, countText } from './bytes.ts'
import { styled } from './line.ts'
import type { Line } from './line.ts'
import { shellQuoted } from './shell-quoted.ts'
import { shortId } from './short-id.ts'

/** Writes what fetching did. */
export function fetchText({ remote, fetched }: ShareReport): readonly Line[] {
  if (fetched.length === 0) return [[`${remote} has nothing new`]]
  return fetched.map((move) => [`fetched ${isOfCode(move) ? 'the code of runs' : movedText(move)} from ${remote}`])
}

/** Writes what fetching and integrating did. */
export function pullText(report: ShareReport): readonly Line[] {
  const { replayed, notices, remote } = report
  const onTop: readonly Line[] =
    replayed === 0 ? [] : [[`put ${countText(replayed, 'operation')} of this clone on top of those of ${remote}`]]
  return [...cameText(report), ...onTop, ...broughtLines(report.artifacts), ...noticeLines(notices)]
}

/** What was fetched, and what this clone took in where that is another number: the rest was fetched earlier. */
function cameText(report: ShareReport): readonly Line[] {
  const { remote, fetched, takenIn = [] } = report
  const earlier = takenIn.filter(({ ref, operations }) => {
    return !fetched.some((move) => move.ref === ref && move.operations >= operations)
  })
  if (earlier.length === 0) return fetchText(report)
  const when = (ref: string): string => (fetched.some((move) => move.ref === ref) ? 'now and before' : 'before')
  const lines = earlier.map((move): Line => [`took in ${movedText(move)} of ${remote}, fetched ${when(move.ref)}`])
  return fetched.length === 0 ? lines : [...fetchText(report), ...lines]
}

/** Writes what pushing did. */
export function pushText(report: ShareReport): readonly Line[] {
  const { remote, pushed, refused, fetched, takenIn = [] } = report
  const met = fetched.length + takenIn.length === 0 ? [] : pullText({ ...report, artifacts: NO_ARTIFACTS, notices: [] })
  const sent: readonly Line[] =
    pushed.length === 0 && refused.length === 0
      ? [[`nothing to push: ${remote} has all of it`]]
      : pushed.map((move) => ['pushed ', styled('strong', movedText(move)), ` to ${remote}`])
  const held = refused.map(({ ref, problem }): Line => {
    return [styled('bad', 'refused'), ` ${branchOf(ref)} on ${remote}: ${problem}`]
  })
  return [
    ...met,
    ...artifactLines(report.artifacts),
    ...codeLines(report),
    ...sent,
    ...held,
    ...noticeLines(report.notices),
  ]
}

/** Writes what a merge decided, each with what to do about it. */
export function noticeLines(notices: readonly MergeNotice[]): readonly Line[] {
  return notices.flatMap(noticeText)
}

function noticeText(notice: MergeNotice): readonly Line[] {
  switch (notice.kind) {
    case 'renumbered': {
      const { model, from, to } = notice
      return [[`${model} v${from} is now `, styled('strong', `v${to}`), `: the remote had a v${from} already`]]
    }
    case 'alias-lost':
      return aliasLines(notice)
    case 'retirement-lost': {
      const { model, version, alias } = notice
      const told: Line = [
        styled('warning', 'not done: '),
        `${model} v${version.number} is not retired, because ${alias} names it`,
      ]
      return [told]
    }
    case 'member-lost': {
      const { path, key, kept, lost } = notice
      const [stays, wanted] = [kept ?? 'absent', lost ?? 'absent']
      return [[styled('warning', 'not done: '), `${key} of ${path} stays '${stays}', yours was '${wanted}'`]]
    }
    case 'file-lost': {
      const saved = notice.savedAs === undefined ? '' : `; yours is kept as ${notice.savedAs}`
      return [[styled('warning', 'not done: '), `${notice.path} stays as the remote has it${saved}`]]
    }
    case 'run-apart':
      return [[`run ${shortId(notice.run)} was recorded twice; yours is kept at ${notice.savedAs}`]]
    case 'store-moved':
      return [['large files are now written to ', styled('strong', notice.to), `, no longer to ${notice.from}`]]
    case 'record-kept':
      return [[styled('warning', 'not done: '), `${notice.path} stays: records are never removed or changed`]]
  }
}

function aliasLines(notice: Extract<MergeNotice, { readonly kind: 'alias-lost' }>): readonly Line[] {
  const { model, alias, kept, lost, because } = notice
  const stays = kept === undefined ? 'stays removed' : `stays v${kept.number}`
  const wanted = lost === undefined ? 'be removed' : `go to v${lost.number}`
  const why = because === 'retired' ? 'that version was retired meanwhile' : 'the remote moved it meanwhile'
  const told: Line = [styled('warning', 'not done: '), `${model}@${alias} ${stays}, it was to ${wanted}: ${why}`]
  if (lost === undefined || because === 'retired') return [told]
  const redo = `mlv promote ${shellQuoted(`${model}@v${lost.number}`)} ${shellQuoted(alias)}`
  return [told, [styled('faint', `  to do it all the same: ${redo}`)]]
}

function movedText({ ref, operations }: AreaMove): string {
  return `${countText(operations, 'operation')} (${branchOf(ref)})`
}

function broughtLines({ moved, movedBytes, absent }: ArtifactTotals): readonly Line[] {
  const brought = moved === 0 ? [] : [[`brought ${countText(moved, 'artifact')}, ${bytesText(movedBytes)}`]]
  if (absent === 0) return brought
  return [...brought, [styled('warning', `no store has ${countText(absent, 'artifact')} of the branch`)]]
}

function artifactLines({ moved, movedBytes, absent }: ArtifactTotals): readonly Line[] {
  const sent: readonly Line[] =
    moved === 0 ? [] : [[`uploaded ${countText(moved, 'artifact')}, ${bytesText(movedBytes)}`]]
  if (absent === 0) return sent
  const text = `${countText(absent, 'artifact')} did not go along: this clone has them not whole, or no store is known`
  return [...sent, [styled('warning', text)]]
}

function codeLines({ code, remote }: ShareReport): readonly Line[] {
  return code === 0 ? [] : [[`sent the code of runs to ${remote}: ${countText(code, 'commit')}`]]
}

/** Code is kept by a ref that is no branch; its commits are not operations. */
function isOfCode({ ref }: AreaMove): boolean {
  return ref.startsWith('refs/mlv/')
}

function branchOf(ref: string): string {
  return ref.replace(/^refs\/heads\//, '')
}
