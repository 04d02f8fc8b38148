/**
 * The patch of one file, in one column or in two.
 */
import { useMemo, useState } from 'preact/hooks'
import type { WireChangedFile } from '../../server/wire.ts'
import { Answered, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { rowsOfPatch, sideBySide } from './patch-rows.ts'
import type { PatchRow, TextPart } from './patch-rows.ts'

/** Which two sides the file is of, and how it is shown. */
export interface PatchView {
  readonly base: string
  readonly head: string
  readonly isSplit: boolean
}

const FIRST_ROWS = 600

/** What changed in a file; a patch that was left out is asked for. */
export function FilePatch({ file, view }: { file: WireChangedFile; view: PatchView }) {
  const words = wordsFor(file)
  if (words !== undefined) return <p class="patch-words">{words}</p>
  if (file.patch !== null && !file.isPatchCut) return <Rows patch={file.patch} isCut={false} isSplit={view.isSplit} />
  if (file.isOddName) return <p class="patch-words">Its name is not UTF-8, so it is shown by git diff alone.</p>
  return <AskedPatch path={file.path} view={view} />
}

function AskedPatch({ path, view }: { path: string; view: PatchView }) {
  const { base, head, isSplit } = view
  const answer = useAnswer((signal) => api.diff(base, head, signal, path), [base, head, path])
  return (
    <Answered answer={answer}>
      {({ files: [file] }) =>
        file?.patch == null ? (
          <p class="patch-words">It is the same now.</p>
        ) : (
          <Rows patch={file.patch} isCut={file.isPatchCut} isSplit={isSplit} />
        )
      }
    </Answered>
  )
}

function wordsFor({ isBinary, patch, oldMode, newMode, kind }: WireChangedFile): string | undefined {
  if (isBinary) return 'Not text, or larger than 16 MB: its lines are not compared.'
  if (patch !== '') return undefined
  if (kind === 'renamed' || kind === 'copied') return 'No line changed.'
  return oldMode !== null && newMode !== null && oldMode !== newMode ? 'Only its mode changed.' : 'It is empty.'
}

interface RowsProps {
  readonly patch: string
  readonly isCut: boolean
  readonly isSplit: boolean
}

function Rows({ patch, isCut, isSplit }: RowsProps) {
  const [bound, setBound] = useState(FIRST_ROWS)
  const rows = useMemo(() => rowsOfPatch(patch), [patch])
  const split = useMemo(() => (isSplit ? sideBySide(rows) : []), [rows, isSplit])
  const count = isSplit ? split.length : rows.length
  return (
    <>
      <div class="table-box patch-box" tabIndex={0}>
        <table class={`patch-rows ${isSplit ? 'split' : ''}`}>
          {isSplit && (
            <colgroup>
              <col class="line-number" />
              <col />
              <col class="line-number" />
              <col />
            </colgroup>
          )}
          <tbody>
            {isSplit
              ? split.slice(0, bound).map(({ left, right }, index) => (
                  <tr key={index}>
                    {left !== undefined && left === right && left.kind !== 'same' ? (
                      <td class={`patch-${left.kind}`} colSpan={4}>
                        {left.text}
                      </td>
                    ) : (
                      <>
                        <Line row={left} number={left?.old ?? null} />
                        <Line row={right} number={right?.now ?? null} />
                      </>
                    )}
                  </tr>
                ))
              : rows.slice(0, bound).map((row, index) => <UnifiedRow key={index} row={row} />)}
          </tbody>
        </table>
      </div>
      {count > bound && <button onClick={() => setBound(bound * 4)}>{count - bound} more lines</button>}
      {count <= bound && isCut && <p class="patch-words">The rest is too long to show: git diff has all of it.</p>}
    </>
  )
}

function UnifiedRow({ row }: { row: PatchRow }) {
  if (row.kind === 'place' || row.kind === 'note') {
    return (
      <tr>
        <td class="line-number" />
        <td class="line-number" />
        <td class={`patch-${row.kind}`}>{row.text}</td>
      </tr>
    )
  }
  return (
    <tr class={`row-${row.kind}`}>
      <td class="line-number" data-line={row.old} />
      <td class="line-number" data-line={row.now} />
      <td class="line-text">
        <Mark kind={row.kind} />
        <Parts parts={row.parts} />
      </td>
    </tr>
  )
}

function Line({ row, number }: { row: PatchRow | undefined; number: number | null }) {
  if (row === undefined) return <td class="no-line" colSpan={2} />
  return (
    <>
      <td class={`line-number cell-${row.kind}`} data-line={number} />
      <td class={`line-text cell-${row.kind}`}>
        <Mark kind={row.kind} />
        <Parts parts={row.parts} />
      </td>
    </>
  )
}

/** What tells lines apart without colour. */
function Mark({ kind }: { kind: PatchRow['kind'] }) {
  return <i class="line-mark">{kind === 'gone' ? '-' : kind === 'added' ? '+' : ' '}</i>
}

function Parts({ parts }: { parts: readonly TextPart[] }) {
  return <>{parts.map(({ text, isMarked }, index) => (isMarked ? <mark key={index}>{text}</mark> : text))}</>
}
