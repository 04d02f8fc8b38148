/**
 * A bar for work that moves bytes: how much, how fast, how long it will take. On a terminal it is drawn over itself; in
 * a log, long work says now and then where it is.
 */
import type { ShareProgress } from '../../src/ops/repository/share-state.ts'
import type { Output } from '../output.ts'
import { bytesText } from './bytes.ts'
import { durationText } from './time.ts'

/** How far artifacts are on their way. */
export type TransferProgress = Extract<ShareProgress, { readonly kind: 'artifacts' }>['progress']

/** How far one piece of work is. */
export interface Transfer {
  readonly label: string
  readonly done: number
  /** Absent while nobody knows. */
  readonly total: number | undefined
  readonly bytes: number | undefined
  readonly totalBytes: number | undefined
  readonly bytesPerSecond: number | undefined
}

const BAR_CELLS = 20
/** A rate over less than this says nothing about what is to come. */
const SETTLED_MS = 1000

/** Writes one state as a line: `Writing objects [#####     ] 25 % 5/20, 1.2 MB, 3.4 MB/s, 4 s left`. */
export function transferText(transfer: Transfer, elapsedMs: number): string {
  const { label, done, total, bytes, totalBytes, bytesPerSecond } = transfer
  const share = shareOf(transfer)
  const bar = share === undefined ? '' : ` [${barOf(share)}] ${Math.floor(share * 100)} %`
  const count = total === undefined ? ` ${done}` : ` ${done}/${total}`
  const amount =
    bytes === undefined ? '' : `, ${bytesText(bytes)}${totalBytes === undefined ? '' : ` of ${bytesText(totalBytes)}`}`
  const measured = bytes === undefined || elapsedMs < SETTLED_MS ? undefined : Math.round((bytes * 1000) / elapsedMs)
  const rate = bytesPerSecond ?? measured
  const speed = rate === undefined ? '' : `, ${bytesText(rate)}/s`
  return `${label}${bar}${count}${amount}${speed}${leftText(share, elapsedMs)}`
}

/** What git or a store tells, as one kind of work. */
export function transferOf(progress: ShareProgress): Transfer {
  if (progress.kind === 'git') {
    const { phase, done, total, bytes, bytesPerSecond } = progress.progress
    return { label: phase, done, total, bytes, totalBytes: undefined, bytesPerSecond }
  }
  const { doneObjects, totalObjects, doneBytes, totalBytes } = progress.progress
  return {
    label: 'Artifacts',
    done: doneObjects,
    total: totalObjects,
    bytes: doneBytes,
    totalBytes,
    bytesPerSecond: undefined,
  }
}

/** A terminal is drawn to no more often than anyone can see: for each piece of a fast line it would take a core. */
const DRAWN_EVERY_MS = 100
const SAID_EVERY_MS = 30_000

/** Shows progress as it comes; a new kind of work starts its own clock. */
export function showTransfers(
  { progress: draw, talk, drawsProgress }: Pick<Output, 'progress' | 'talk' | 'drawsProgress'>,
  elapsedMs: () => number,
): (progress: ShareProgress) => void {
  let current: { readonly label: string; readonly startedMs: number } | undefined
  let shownMs = elapsedMs()
  return (progress) => {
    const transfer = transferOf(progress)
    const nowMs = elapsedMs()
    const isNew = current?.label !== transfer.label
    if (current === undefined || isNew) current = { label: transfer.label, startedMs: nowMs }
    const isDue = nowMs - shownMs >= (drawsProgress ? DRAWN_EVERY_MS : SAID_EVERY_MS)
    if (!isDue && !(drawsProgress && (isNew || shareOf(transfer) === 1))) return
    shownMs = nowMs
    const text = transferText(transfer, nowMs - current.startedMs)
    if (drawsProgress) draw(text)
    else talk([text])
  }
}

function shareOf({ done, total, bytes, totalBytes }: Transfer): number | undefined {
  if (bytes !== undefined && totalBytes !== undefined && totalBytes > 0) return Math.min(1, bytes / totalBytes)
  return total === undefined || total === 0 ? undefined : Math.min(1, done / total)
}

function barOf(share: number): string {
  const filled = Math.floor(share * BAR_CELLS)
  return '#'.repeat(filled).padEnd(BAR_CELLS)
}

function leftText(share: number | undefined, elapsedMs: number): string {
  if (share === undefined || share === 0 || share === 1 || elapsedMs < SETTLED_MS) return ''
  return `, ${durationText((elapsedMs * (1 - share)) / share)} left`
}
