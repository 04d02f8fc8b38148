/**
 * The files of a run or version: a tree on one side, the chosen file on the other.
 */
import { useMemo, useState } from 'preact/hooks'
import type { WireFile } from '../../server/wire.ts'
import { Empty } from '../base/answer.tsx'
import { sizeText } from '../base/number-text.ts'
import { setState, stateOf } from '../base/route.ts'
import { searchOf } from '../base/search.ts'
import { FileViewer } from './file-viewer.tsx'
import type { OtherSide } from './file-viewer.tsx'
import { treeLines, treeOf } from './file-tree.ts'
import type { TreeLine } from './file-tree.ts'
import { VirtualList } from './virtual-list.tsx'

const LINE_HEIGHT = 28
/** Trees with fewer files are open from the start. */
const OPEN_FILES = 60

interface FileBrowserProps {
  readonly run: string
  readonly files: readonly WireFile[]
  /** Whose file of the same name a file is shown beside. */
  readonly sides?: readonly OtherSide[]
}

/** Files with what is in them. Which is open is in the address. */
export function FileBrowser({ run, files, sides = [] }: FileBrowserProps) {
  const chosen = files.find(({ path }) => path === stateOf('open'))
  return (
    <div class={`file-browser ${chosen === undefined ? '' : 'has-file'}`}>
      <FileTree files={files} chosen={chosen?.path} />
      {chosen === undefined ? (
        <section class="card file-hint">
          <Empty title="Choose a file">
            <p>Tensors, tables, images and texts are shown here; everything else can be saved.</p>
          </Empty>
        </section>
      ) : (
        <FileViewer key={chosen.path} run={run} file={chosen} sides={sides} />
      )}
    </div>
  )
}

function FileTree({ files, chosen }: { files: readonly WireFile[]; chosen: string | undefined }) {
  const [search, setSearch] = useState('')
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set())
  const [firstFile] = useState(stateOf('open'))
  const isOpenFirst = files.length <= OPEN_FILES
  const tree = useMemo(() => {
    const isFound = searchOf(search)
    return treeOf(
      search === '' ? files : files.filter(({ path, sha256 }) => isFound(path) || sha256.startsWith(search)),
    )
  }, [files, search])
  // A folder is open from the start in a small tree, and where it leads to the file that is shown.
  const isOpenAtFirst = (path: string): boolean => isOpenFirst || firstFile.startsWith(`${path}/`)
  const lines = treeLines(tree, (path) => search !== '' || isOpenAtFirst(path) !== toggled.has(path))
  const toggle = (path: string): void => {
    const next = new Set(toggled)
    if (!next.delete(path)) next.add(path)
    setToggled(next)
  }
  return (
    <section class="card file-tree" aria-label="Files">
      <div class="file-tree-head">
        <input
          type="search"
          placeholder={`Search ${files.length} files or digests`}
          aria-label="Search files"
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <span class="muted small">
          {tree.count} {tree.count === 1 ? 'file' : 'files'}, {sizeText(tree.sizeBytes)}
        </span>
      </div>
      <VirtualList
        label="Tree of files"
        role="tree"
        isFitting
        count={lines.length}
        lineHeight={LINE_HEIGHT}
        line={(index) => {
          const line = lines[index]
          return line === undefined ? null : (
            <TreeItem key={`${line.kind} ${line.path}`} line={line} isChosen={line.path === chosen} onToggle={toggle} />
          )
        }}
      />
      {lines.length === 0 && <p class="muted">None is called so.</p>}
    </section>
  )
}

interface TreeItemProps {
  readonly line: TreeLine
  readonly isChosen: boolean
  readonly onToggle: (path: string) => void
}

function TreeItem({ line, isChosen, onToggle }: TreeItemProps) {
  const indent = { paddingLeft: `${6 + line.depth * 16}px` }
  if (line.kind === 'folder') {
    return (
      <div role="treeitem" aria-expanded={line.isOpen} aria-level={line.depth + 1} class="tree-line">
        <button class="quiet tree-name" style={indent} onClick={() => onToggle(line.path)}>
          <span class="tree-mark" aria-hidden="true">
            {line.isOpen ? '▾' : '▸'}
          </span>
          <span class="tree-text">{line.name}/</span>
          <span class="muted small">{line.count}</span>
        </button>
        <span class="muted small number">{sizeText(line.sizeBytes)}</span>
      </div>
    )
  }
  return (
    <div
      role="treeitem"
      aria-selected={isChosen}
      aria-level={line.depth + 1}
      class={`tree-line ${isChosen ? 'is-chosen' : ''}`}
    >
      <button class="quiet tree-name" style={indent} title={line.path} onClick={() => setState({ open: line.path })}>
        <span class="tree-mark" aria-hidden="true" />
        <span class="tree-text">{line.name}</span>
        {line.file.tensors !== null && <span class="muted small">{line.file.tensors} tensors</span>}
      </button>
      <span class="muted small number">{sizeText(line.file.sizeBytes)}</span>
    </div>
  )
}
