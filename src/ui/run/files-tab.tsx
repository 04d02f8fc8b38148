/**
 * The files a run recorded.
 */
import type { WireRun } from '../../server/wire.ts'
import { Empty } from '../base/answer.tsx'
import { FileBrowser } from '../media/file-browser.tsx'

/** Files as a tree; what is in one is shown beside it. */
export function FilesTab({ run }: { run: WireRun }) {
  if (run.files.length === 0) {
    const why =
      run.status === 'running' ? 'They are recorded when the run ends.' : 'The run wrote no file that is recorded.'
    return <Empty title="No files">{why}</Empty>
  }
  return <FileBrowser run={run.id} files={run.files} />
}
