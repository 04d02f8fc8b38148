/**
 * Views that were saved on the branch: a name for what the address holds, shared by push.
 */
import { useEffect, useState } from 'preact/hooks'
import type { WireView } from '../../server/wire.ts'
import { RefusalNote, refusalOf } from '../base/answer.tsx'
import { api, session } from '../base/api.ts'
import type { Refusal } from '../base/api.ts'
import { Dialog } from '../base/dialog.tsx'
import { goTo } from '../base/route.ts'

/** A button that lists the saved views, and saves this one. */
export function SavedViews() {
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <button onClick={() => setOpen(true)}>Views</button>
      {isOpen && <ViewsDialog onClose={() => setOpen(false)} />}
    </>
  )
}

function ViewsDialog({ onClose }: { onClose: () => void }) {
  const [views, setViews] = useState<readonly WireView[]>()
  const [refusal, setRefusal] = useState<Refusal>()
  const attempt = (asked: Promise<{ readonly views: readonly WireView[] }>): void =>
    void asked.then(
      (answer) => setViews(answer.views),
      (error: unknown) => setRefusal(refusalOf(error)),
    )
  useEffect(() => attempt(api.views()), [])
  const canWrite = session.value?.writeToken != null
  return (
    <Dialog title="Saved views" onClose={onClose}>
      {refusal !== undefined && <RefusalNote refusal={refusal} />}
      <ul class="views">
        {views?.map((view) => (
          <li key={view.name}>
            <button class="quiet" onClick={() => openView(view, onClose)}>
              {view.name}
            </button>
            {canWrite && (
              <button
                class="quiet"
                aria-label={`Remove ${view.name}`}
                onClick={() => attempt(api.changeView({ name: view.name, hash: null }))}
              >
                ×
              </button>
            )}
          </li>
        ))}
        {views?.length === 0 && <li class="muted">None yet. A view keeps the filter, columns, sorting and charts.</li>}
      </ul>
      {canWrite && <SaveView onSave={(name) => attempt(api.changeView({ name, hash: presentHash() }))} />}
    </Dialog>
  )
}

function presentHash(): string {
  return location.hash === '' ? '#/runs' : location.hash
}

function SaveView({ onSave }: { onSave: (name: string) => void }) {
  const [name, setName] = useState('')
  const submit = (event: Event): void => {
    event.preventDefault()
    onSave(name.trim())
  }
  return (
    <form class="button-row" onSubmit={submit}>
      <input
        class="wide"
        required
        placeholder="best-so-far"
        aria-label="Name of this view"
        value={name}
        onInput={({ currentTarget }) => setName(currentTarget.value)}
      />
      <button class="primary">Save this view</button>
    </form>
  )
}

/** Goes to a view. Its address comes from the branch, so only one within this page is followed. */
function openView(view: WireView, onClose: () => void): void {
  if (!view.hash.startsWith('#/')) return
  onClose()
  goTo(view.hash)
}
