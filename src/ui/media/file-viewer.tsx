/**
 * One file, looked at: its tensors, rows, picture or text, and how to have it whole.
 */
import { useState } from 'preact/hooks'
import type { WireFile } from '../../server/wire.ts'
import { Copyable } from '../base/facts.tsx'
import { shortHash, sizeText } from '../base/number-text.ts'
import { FileLink } from '../base/recorded-file.tsx'
import { setState } from '../base/route.ts'
import { DataTable } from './data-table.tsx'
import { fileKinds, KIND_TITLES } from './file-kind.ts'
import type { FileKind } from './file-kind.ts'
import { Picture } from './picture.tsx'
import { TensorTable } from './tensor-table.tsx'
import { TextView } from './text-view.tsx'

/** Another run or version that has files too. */
export interface OtherSide {
  readonly title: string
  readonly run: string
  readonly files: readonly WireFile[]
}

const KEPT = { inline: 'on the branch', pointer: 'in the store', packed: 'packed in the store' }

/** A file and what is in it. */
export function FileViewer({ run, file, sides }: { run: string; file: WireFile; sides: readonly OtherSide[] }) {
  const kinds = fileKinds(file)
  const [kind, setKind] = useState<FileKind>(kinds[0] ?? 'text')
  return (
    <section class="card file-viewer" aria-label={`File ${file.path}`}>
      <header class="file-head">
        <h2 title={file.path}>{file.path}</h2>
        <button class="quiet" aria-label="Close the file" onClick={() => setState({ open: '' })}>
          ×
        </button>
        <p class="file-facts muted small">
          <span>{sizeText(file.sizeBytes)}</span>
          <span>
            SHA-256 <Copyable text={file.sha256} shown={shortHash(file.sha256)} />
          </span>
          <span>{KEPT[file.storage]}</span>
          <FileLink run={run} path={file.path}>
            Save
          </FileLink>
        </p>
        {kinds.length > 1 && (
          <span class="tabs" role="group" aria-label="How to look at it">
            {kinds.map((each) => (
              <button key={each} aria-pressed={each === kind} onClick={() => setKind(each)}>
                {KIND_TITLES[each]}
              </button>
            ))}
          </span>
        )}
      </header>
      <Content run={run} file={file} kind={kind} sides={sides} />
    </section>
  )
}

interface ContentProps {
  readonly run: string
  readonly file: WireFile
  readonly kind: FileKind
  readonly sides: readonly OtherSide[]
}

function Content({ run, file, kind, sides }: ContentProps) {
  switch (kind) {
    case 'tensors':
      return <TensorTable run={run} file={file} sides={sides} />
    case 'table':
      return <DataTable run={run} path={file.path} />
    case 'image':
      return <Picture run={run} path={file.path} alt={file.path} />
    case 'text':
      return <TextView run={run} path={file.path} />
  }
}
