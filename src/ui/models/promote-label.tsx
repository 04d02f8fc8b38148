/**
 * Promoting a version of which only the label is at hand, from pages that are not of its model.
 */
import type { WireVersionLabel } from '../../server/wire.ts'
import { Answered, useAnswer } from '../base/answer.tsx'
import { api } from '../base/api.ts'
import { Dialog } from '../base/dialog.tsx'
import { PromoteDialog } from './alias-dialogs.tsx'
import type { DialogEnds } from './alias-dialogs.tsx'

/** Asks for the model, then shows the same dialog as its page; or says why the version cannot be promoted. */
export function PromoteLabelDialog({ label, ...ends }: { label: WireVersionLabel } & DialogEnds) {
  const answer = useAnswer((signal) => api.model(label.model, signal), [label.model])
  const version = answer.value?.versions.find(({ number }) => number === label.number)
  if (answer.value !== undefined && version !== undefined && version.retired === null)
    return <PromoteDialog model={answer.value} version={version} {...ends} />
  return (
    <Dialog title={`Promote ${label.model}@v${label.number}`} onClose={ends.onClose}>
      <Answered answer={answer}>
        {() => <p>{version === undefined ? 'It is not there any more.' : 'It is retired, and cannot be promoted.'}</p>}
      </Answered>
    </Dialog>
  )
}
