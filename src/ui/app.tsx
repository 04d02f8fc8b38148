/**
 * The frame of every page: the name of the repository, where to go, and the help.
 */
import { useEffect, useState } from 'preact/hooks'
import { Empty, RefusalNote, refusalOf } from './base/answer.tsx'
import { api, session } from './base/api.ts'
import type { Refusal } from './base/api.ts'
import { Dialog } from './base/dialog.tsx'
import { keyActions, useKeys } from './base/keyboard.ts'
import { connection, listenToServer } from './base/live.ts'
import { momentText } from './base/number-text.ts'
import { route } from './base/route.ts'
import { switchTheme, theme } from './base/theme.ts'
import { DiffPage } from './code/diff-page.tsx'
import { ComparePage } from './compare/compare-page.tsx'
import { LineagePage } from './lineage/lineage-page.tsx'
import { ModelPage } from './models/model-page.tsx'
import { ModelsPage } from './models/models-page.tsx'
import { RunPage } from './run/run-page.tsx'
import { RunsPage } from './runs/runs-page.tsx'
import { runsAddress } from './runs/runs-state.ts'

const PLACES = [
  { page: 'runs', title: 'Runs' },
  { page: 'models', title: 'Models' },
] as const

/** All of it. */
export function App() {
  const refusal = useSession()
  const [isHelping, setHelping] = useState(false)
  const [actions] = useState([
    { key: '?', what: 'this help', run: () => setHelping(true) },
    { key: 't', what: 'dark or light', run: switchTheme },
  ])
  useKeys(actions)
  return (
    <>
      <TopBar onHelp={() => setHelping(true)} />
      {refusal !== undefined && <RefusalNote refusal={refusal} />}
      {session.value !== undefined && <Page />}
      {isHelping && <Help onClose={() => setHelping(false)} />}
    </>
  )
}

function useSession(): Refusal | undefined {
  const [refusal, setRefusal] = useState<Refusal>()
  useEffect(() => {
    api.session().then(
      (answer) => {
        session.value = answer
        document.title = `${answer.repository} · mlv`
        if (answer.isStatic) connection.value = 'none'
        else listenToServer()
      },
      (error: unknown) => setRefusal(refusalOf(error)),
    )
  }, [])
  return refusal
}

function TopBar({ onHelp }: { onHelp: () => void }) {
  const page = route.value.page
  const current = page === 'model' ? 'models' : ['run', 'compare', 'diff', 'lineage'].includes(page) ? 'runs' : page
  return (
    <header class="top">
      <a class="brand" href="#/runs">
        <Mark />
        mlv
      </a>
      <span class="repository">{session.value?.repository}</span>
      <nav aria-label="Pages">
        {PLACES.map((place) => (
          <a
            key={place.page}
            href={place.page === 'runs' ? runsAddress.value : `#/${place.page}`}
            aria-current={current === place.page ? 'page' : undefined}
          >
            {place.title}
          </a>
        ))}
      </nav>
      <span class="space" />
      <ConnectionNote />
      <button
        class="quiet"
        aria-label={theme.value === 'dark' ? 'Light colours' : 'Dark colours'}
        onClick={switchTheme}
      >
        {theme.value === 'dark' ? '☀' : '☾'}
      </button>
      <button class="quiet" aria-label="Help: keys" onClick={onHelp}>
        ?
      </button>
    </header>
  )
}

/** Three runs that leave one branch. */
function Mark() {
  return (
    <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
      <path d="M3 17V3M3 12c6 0 4-7 10-7M3 15c8 0 6-4 12-4" fill="none" stroke="currentColor" stroke-width="1.8" />
      <circle cx="15" cy="5" r="2.3" fill="currentColor" />
      <circle cx="17" cy="11" r="1.8" fill="currentColor" />
    </svg>
  )
}

function ConnectionNote() {
  const state = connection.value
  if (state === 'none') {
    const at = session.value?.startedAt ?? ''
    return (
      <span class="connection muted" title={`As it was at ${momentText(at)}. What was recorded since is not in it.`}>
        a copy of {at.slice(0, 10)}
      </span>
    )
  }
  const says = { live: 'live', connecting: 'connecting', lost: 'not connected' }[state]
  const why =
    state === 'lost' ? 'The server does not answer; is mlv ui still running?' : 'What happens is shown at once'
  return (
    <span class={`connection ${state}`} role="status" title={why}>
      <i class="pulse" aria-hidden="true" />
      {says}
    </span>
  )
}

function Page() {
  const { page, name } = route.value
  switch (page) {
    case 'runs':
      return <RunsPage />
    case 'run':
      return <RunPage key={name} id={name} />
    case 'compare':
      return <ComparePage />
    case 'diff':
      return <DiffPage />
    case 'lineage':
      return <LineagePage />
    case 'models':
      return <ModelsPage />
    case 'model':
      return <ModelPage key={name} name={name} />
    default:
      return (
        <Empty title="There is no such page">
          <p>
            <a href={runsAddress.value}>To the runs</a>
          </p>
        </Empty>
      )
  }
}

function Help({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl class="keys">
        {keyActions().map(({ key, what }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <p class="muted">
        A click on the head of a column sorts by it; with Shift it sorts by several. The arrow keys go from point to
        point of a chart or plot that has the focus, and Enter opens one. All that is shown is in the address, so a link
        shows the same.
      </p>
    </Dialog>
  )
}
