/**
 * What changed in the code between two sides: the files with their counts, and the patch of each.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { WireChangedFile, WireCodeDiff, WireCodeSide } from '../../server/wire.ts'
import { Answered, Empty, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { Copyable } from '../base/facts.tsx'
import { shortHash } from '../base/number-text.ts'
import { setState, stateOf } from '../base/route.ts'
import { searchOf } from '../base/search.ts'
import { FilePatch } from './file-patch.tsx'

/** Of so many files the patches are open at first, as long as they have no more lines than that in all. */
const OPEN_FILES = 20
const OPEN_LINES = 1_500
const LISTED = 300

/** The code of two sides: revisions, `git:COMMIT`, or `worktree:`. */
export function CodeDiff({ base, head }: { base: string; head: string }) {
  const answer = useAnswer((signal) => api.diff(base, head, signal), [base, head])
  return (
    <Answered answer={answer}>
      {(diff) => (
        <>
          <SideNotes side={diff.base} />
          <SideNotes side={diff.head} />
          <Changes key={`${base} ${head}`} diff={diff} base={base} head={head} />
        </>
      )}
    </Answered>
  )
}

/** What cannot be compared, and what brings it here. */
function SideNotes({ side }: { side: WireCodeSide }) {
  const { label, problem, omitted } = side
  return (
    <>
      {problem !== null && (
        <div class="refusal quiet-refusal">
          <strong>
            {label}: {problem.what}
          </strong>
          {problem.next !== null && (
            <p>
              next: <Copyable text={problem.next} />
            </p>
          )}
        </div>
      )}
      {omitted.length > 0 && (
        <details>
          <summary>
            {label}: {omitted.length === 1 ? 'one file is' : `${omitted.length} files are`} left out
          </summary>
          <ul>
            {omitted.slice(0, 100).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

interface ChangesProps {
  readonly diff: WireCodeDiff
  readonly base: string
  readonly head: string
}

function Changes({ diff, base, head }: ChangesProps) {
  const [search, setSearch] = useState('')
  const isSplit = stateOf('layout') === 'split'
  const wanted = stateOf('file')
  const isFound = searchOf(search)
  const found = diff.files.filter(({ path, from }) => isFound(`${from ?? ''} ${path}`))
  const opened = useMemo(() => openAtFirst(diff.files), [diff])
  if (diff.isSame) return <Empty title="The code is the same" />
  if (diff.files.length === 0) return null
  return (
    <div class="code-diff">
      <div class="button-row">
        <Totals diff={diff} />
        {diff.files.length > 1 && (
          <input
            type="search"
            placeholder="Search files"
            aria-label="Search files that changed"
            value={search}
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        )}
        <span class="tabs" role="group" aria-label="Layout">
          <button aria-pressed={!isSplit} onClick={() => setState({ layout: '' }, 'small')}>
            Unified
          </button>
          <button aria-pressed={isSplit} onClick={() => setState({ layout: 'split' }, 'small')}>
            Side by side
          </button>
        </span>
      </div>
      {diff.files.length > 1 && <FileList files={found} />}
      {shownFirst(found, wanted).map((file) => (
        <ChangedFile
          key={file.path}
          file={file}
          isWanted={file.path === wanted}
          isOpenAtFirst={opened.has(file.path) || file.path === wanted}
          view={{ base, head, isSplit }}
        />
      ))}
      {found.length > LISTED && <p class="muted">{found.length - LISTED} more: search for them.</p>}
    </div>
  )
}

/** The first files, and the one that a link leads to, wherever it is. */
function shownFirst(found: readonly WireChangedFile[], wanted: string): readonly WireChangedFile[] {
  return found.filter(({ path }, index) => index < LISTED || path === wanted)
}

function openAtFirst(files: readonly WireChangedFile[]): ReadonlySet<string> {
  const opened = new Set<string>()
  let lines = 0
  for (const { path, added, removed, isBinary } of files) {
    if (isBinary || added === null || removed === null) continue
    lines += added + removed
    if (opened.size === OPEN_FILES || lines > OPEN_LINES) break
    opened.add(path)
  }
  // One file alone is what was asked for, however long.
  const [only, second] = files
  return second === undefined && only !== undefined ? new Set([only.path]) : opened
}

function Totals({ diff }: { diff: WireCodeDiff }) {
  const sum = (count: (file: WireChangedFile) => number | null): number => {
    return diff.files.reduce((total, file) => total + (count(file) ?? 0), 0)
  }
  const { length } = diff.files
  return (
    <span>
      <b>{diff.isCut ? `The first ${length} files` : length === 1 ? '1 file' : `${length} files`}</b>{' '}
      {diff.isCut || diff.files.some(({ added, isBinary }) => added === null && !isBinary) ? (
        <span class="muted">
          {diff.isCut ? 'that changed: there are more, so no lines are counted' : 'too large to count'}
        </span>
      ) : (
        <Counts added={sum(({ added }) => added)} removed={sum(({ removed }) => removed)} />
      )}
    </span>
  )
}

function Counts({ added, removed }: { added: number | null; removed: number | null }) {
  if (added === null || removed === null || added + removed === 0) return null
  return (
    <span class="counts">
      <span class="better">+{added}</span> <span class="worse">−{removed}</span>
    </span>
  )
}

function FileList({ files }: { files: readonly WireChangedFile[] }) {
  const [isOpen, setOpen] = useState(files.length <= 30)
  return (
    <details class="card file-list" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Files</summary>
      <ul>
        {files.slice(0, LISTED).map((file) => (
          <li key={file.path}>
            <KindMark file={file} />
            <button class="quiet link key" onClick={() => setState({ file: file.path }, 'small')}>
              {file.path}
            </button>
            <Counts added={file.added} removed={file.removed} />
          </li>
        ))}
      </ul>
    </details>
  )
}

const KIND_WORDS: Readonly<Record<WireChangedFile['kind'], string>> = {
  added: 'added',
  removed: 'removed',
  changed: 'changed',
  renamed: 'renamed',
  copied: 'copied',
  retyped: 'another kind of file',
}

function KindMark({ file }: { file: WireChangedFile }) {
  return (
    <span class={`kind-mark ${file.kind}`} title={KIND_WORDS[file.kind]} role="img" aria-label={KIND_WORDS[file.kind]}>
      {{ added: 'A', removed: 'D', changed: 'M', renamed: 'R', copied: 'C', retyped: 'T' }[file.kind]}
    </span>
  )
}

interface ChangedFileProps {
  readonly file: WireChangedFile
  readonly isWanted: boolean
  readonly isOpenAtFirst: boolean
  readonly view: { readonly base: string; readonly head: string; readonly isSplit: boolean }
}

function ChangedFile({ file, isWanted, isOpenAtFirst, view }: ChangedFileProps) {
  const [isOpen, setOpen] = useState(isOpenAtFirst)
  const box = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!isWanted) return
    setOpen(true)
    box.current?.scrollIntoView({ block: 'start' })
  }, [isWanted])
  const { path, from, oldMode, newMode } = file
  const isModeChanged = oldMode !== null && newMode !== null && oldMode !== newMode
  return (
    <section ref={box} class="card changed-file" aria-label={`Changes of ${path}`}>
      <h2>
        <button
          class="quiet toggle"
          aria-expanded={isOpen}
          aria-label={`Lines of ${path}`}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? '▾' : '▸'}
        </button>
        <KindMark file={file} />
        <span class="key">
          {from !== null && <span class="muted">{from} → </span>}
          {path}
        </span>
        <Counts added={file.added} removed={file.removed} />
        {file.isBinary && <span class="chip">binary</span>}
        {isModeChanged && (
          <span class="chip">
            mode {modeText(oldMode)} → {modeText(newMode)}
          </span>
        )}
      </h2>
      {isOpen && <FilePatch file={file} view={view} />}
    </section>
  )
}

function modeText(mode: string): string {
  return { '100644': 'file', '100755': 'executable', '120000': 'link', '160000': 'submodule' }[mode] ?? mode
}

/** A side in a few words: `main at 2dabe898, with changes`. */
export function sideText({ branch, commit, isDirty }: WireCodeSide): string {
  if (commit === null) return 'no code'
  return `${branch === null ? '' : `${branch} at `}${shortHash(commit)}${isDirty ? ', with uncommitted changes' : ''}`
}
