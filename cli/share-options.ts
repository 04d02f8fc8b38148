/**
 * What every command of sharing hands to its operation: the remote, and how its work is shown.
 */
import type { CodePlan, ShareOptions } from '../src/ops/repository/share-state.ts'
import type { Session } from './command.ts'
import { countText } from './format/bytes.ts'
import { flag } from './option.ts'
import { showTransfers } from './format/transfer-progress.ts'

/** Brings what `mlv push` sent of code. */
export const FETCH_CODE = flag('--code', 'bring the code of runs that no branch of the remote has, too')

/** The options of one execution. */
export function shareOptions({ output, openOptions }: Session, remote: string | undefined): ShareOptions {
  return {
    ...(remote === undefined ? {} : { remote }),
    onProgress: showTransfers(output, () => openOptions.clock.elapsedMs()),
    onCode: (plan) => output.talk([codeNotice(plan)]),
  }
}

/** Said once for a remote, before recorded code goes there for the first time. */
function codeNotice({ remote, mode, commits }: CodePlan): string {
  const what = mode === 'history' ? 'with its history' : 'as snapshots without history'
  const off = "to keep it here, write 'code: {push: none}' in mlv.yaml"
  return `sending the code of ${countText(commits, 'commit')} that ${remote} does not have, ${what}; ${off}`
}
