/**
 * What a run is held against: a choice that the parts of its page share, kept in the address.
 */
import type { WireRun, WireStanding } from '../../server/wire.ts'
import { useAnswer } from '../base/answer.tsx'
import { api, session } from '../base/api.ts'
import { shortHash } from '../base/number-text.ts'
import { setState, stateOf } from '../base/route.ts'

/** One thing to hold a run against. */
export interface BesideChoice {
  /** A revision, or a side of code. */
  readonly side: string
  readonly label: string
  /** It came after the run, so the change is told from the run to it. */
  readonly isLater?: boolean
}

/** How a run stands; asked again when it changes. */
export function useStanding(run: WireRun, version: number): WireStanding | undefined {
  return useAnswer((signal) => api.standing(run.id, signal), [run.id, version]).value
}

const WORDS: Readonly<Record<WireStanding['beside'][number]['kind'], string>> = {
  parent: 'its parent',
  production: 'in production',
  before: 'the run before',
  best: 'the best run',
}

/** Recorded runs and versions to hold a run against. */
export function recordChoices(standing: WireStanding | undefined): readonly BesideChoice[] {
  return (standing?.beside ?? []).map(({ kind, revision, label }) => {
    return { side: revision, label: `${WORDS[kind]}: ${label}` }
  })
}

/** The same for code: its own commit too, and what this clone has now. */
export function codeChoices(run: WireRun, standing: WireStanding | undefined): readonly BesideChoice[] {
  const { code } = run
  const own = code.kind === 'commit' && code.snapshot !== null ? code.commit : undefined
  const now: readonly BesideChoice[] = [
    { side: 'git:HEAD', label: 'HEAD of this clone', isLater: true },
    { side: 'worktree:', label: 'the files of this clone now', isLater: true },
  ]
  return [
    ...(own === undefined ? [] : [{ side: `git:${own}`, label: `its commit ${shortHash(own)}` }]),
    ...recordChoices(standing),
    ...(session.value?.isStatic === true ? [] : now),
  ]
}

interface BesideSelectProps {
  readonly choices: readonly BesideChoice[]
  readonly chosen: BesideChoice | undefined
}

/** Chooses among them, or any other by its name. */
export function BesideSelect({ choices, chosen }: BesideSelectProps) {
  const isOther = chosen !== undefined && !choices.some(({ side }) => side === chosen.side)
  return (
    <div class="button-row">
      <label class="select">
        Beside
        <select
          aria-label="What to hold it against"
          value={isOther ? '' : (chosen?.side ?? '')}
          onChange={({ currentTarget }) => setState({ beside: currentTarget.value })}
        >
          {(isOther || chosen === undefined) && <option value="">another</option>}
          {choices.map(({ side, label }) => (
            <option key={side} value={side}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <form
        class="beside-form"
        onSubmit={(event) => {
          event.preventDefault()
          const typed = new FormData(event.currentTarget).get('beside')
          if (typeof typed === 'string' && typed.trim() !== '') setState({ beside: typed.trim() })
        }}
      >
        <input
          type="search"
          name="beside"
          placeholder="or any run or version, such as churn@v3"
          aria-label="Another run or version"
          key={isOther ? chosen.side : ''}
          defaultValue={isOther ? chosen.side : ''}
        />
      </form>
    </div>
  )
}

/** What was chosen in the address, else the first of the choices. */
export function chosenBeside(choices: readonly BesideChoice[]): BesideChoice | undefined {
  const asked = stateOf('beside')
  if (asked === '') return choices[0]
  return choices.find(({ side }) => side === asked) ?? { side: asked, label: asked }
}
