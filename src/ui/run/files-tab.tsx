/**
 * The files a run recorded, and the images, tables and texts it logged.
 */
import type { WireFile, WireRun } from '../../server/wire.ts'
import { Empty } from '../base/answer.tsx'
import { fileAddress } from '../base/api.ts'
import { Copyable, SearchedTable } from '../base/facts.tsx'
import { shortHash, sizeText } from '../base/number-text.ts'

/** Files by path; each is saved by a click. */
export function FilesTab({ run }: { run: WireRun }) {
  if (run.files.length === 0) {
    const why =
      run.status === 'running' ? 'They are recorded when the run ends.' : 'The run wrote no file that is recorded.'
    return <Empty title="No files">{why}</Empty>
  }
  const total = run.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const hasTensors = run.files.some(({ tensors }) => tensors !== null)
  return (
    <>
      <MediaList run={run} />
      <section class="card">
        <h2>
          Files <span class="muted">{sizeText(total)}</span>
        </h2>
        <SearchedTable
          label="files"
          heads={[
            { title: 'Path' },
            { title: 'Size', isNumber: true },
            ...(hasTensors ? [{ title: 'Tensors', isNumber: true }] : []),
            { title: 'SHA-256' },
            { title: 'Kept' },
          ]}
          rows={run.files}
          nameOf={({ path }) => path}
          cells={(file) => fileCells(run.id, file, hasTensors)}
        />
      </section>
    </>
  )
}

function fileCells(run: string, file: WireFile, hasTensors: boolean): readonly preact.ComponentChildren[] {
  const { path, sizeBytes, sha256, storage, tensors } = file
  const kept = { inline: 'on the branch', pointer: 'in the store', packed: 'packed in the store' }[storage]
  return [
    <a class="key" href={fileAddress(run, path)} download={path.split('/').at(-1)}>
      {path}
    </a>,
    sizeText(sizeBytes),
    ...(hasTensors ? [tensors ?? '–'] : []),
    <Copyable text={sha256} shown={shortHash(sha256)} />,
    kept,
  ]
}

/** What was logged while it ran. Images are shown; all else is saved. */
function MediaList({ run }: { run: WireRun }) {
  const { media } = run
  if (media === null || media.images.length + media.tables.length + media.texts.length === 0) return null
  return (
    <section class="card">
      <h2>Logged</h2>
      <div class="images">
        {media.images.slice(0, 200).map(({ key, path, step, caption }) => (
          <figure key={path}>
            <img src={fileAddress(run.id, path)} alt={caption ?? key} loading="lazy" />
            <figcaption>
              {key}
              {step !== null && <span class="muted"> step {step}</span>} {caption}
            </figcaption>
          </figure>
        ))}
      </div>
      <ul>
        {media.tables.map(({ key, path, step, rows, columns }) => (
          <li key={path}>
            <a href={fileAddress(run.id, path)} download>
              {key}
            </a>{' '}
            <span class="muted">
              table{step === null ? '' : `, step ${step}`}
              {rows === null ? '' : `, ${rows} rows`}
              {columns === null ? '' : `: ${columns.join(', ')}`}
            </span>
          </li>
        ))}
        {media.texts.map(({ key, path, count }) => (
          <li key={path}>
            <a href={fileAddress(run.id, path)} download>
              {key}
            </a>{' '}
            <span class="muted">{count} texts</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
