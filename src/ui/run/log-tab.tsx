/**
 * What a run printed.
 */
import type { WireRun } from '../../server/wire.ts'
import { OutputView } from '../media/output-view.tsx'

/** The output of a run; it follows while the run goes on. `version` changes when something was printed. */
export function LogTab({ run, version }: { run: WireRun; version: number }) {
  return <OutputView run={run.id} isLive={run.status === 'running'} version={version} files={run.files} />
}
