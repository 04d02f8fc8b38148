/**
 * The same images of several runs: side by side, or two on top of each other to swipe, fade or subtract.
 */
import { useMemo, useState } from 'preact/hooks'
import { Empty } from '../base/answer.tsx'
import { setState, stateOf } from '../base/route.ts'
import { imageKeys, imagesAt, imageSteps } from './image-index.ts'
import type { ImageKey, LoggedImage } from './image-index.ts'
import { Picture } from './picture.tsx'
import { Scrubber } from './scrubber.tsx'

/** A run with its images. */
export interface PicturedRun {
  readonly id: string
  readonly title: string
  readonly colour: string
  readonly images: readonly LoggedImage[]
}

const MODES = [
  { id: '', title: 'Side by side' },
  { id: 'swipe', title: 'Swipe' },
  { id: 'onion', title: 'Onion skin' },
  { id: 'difference', title: 'Difference' },
] as const

/** Images of runs by key, at one step for all. */
export function ImageCompare({ runs: all }: { runs: readonly PicturedRun[] }) {
  const runs = useMemo(() => all.map((run): KeyedRun => ({ ...run, keys: imageKeys(run.images) })), [all])
  const steps = useMemo(() => imageSteps(all.flatMap(({ images }) => images)), [all])
  const names = [...new Set(runs.flatMap(({ keys }) => keys.map(({ key }) => key)))]
  const [base, ...heads] = runs
  const head = heads.find(({ id }) => id === stateOf('other')) ?? heads[0]
  const mode = stateOf('overlay')
  const [amount, setAmount] = useState(50)
  const step = stateOf('step') === '' ? (steps.at(-1) ?? 0) : Number(stateOf('step'))
  if (names.length === 0) return <Empty title="None of these runs logged images" />
  return (
    <section aria-label="Images side by side">
      <div class="button-row sticky-bar">
        <Modes mode={mode} />
        {steps.length > 1 && (
          <Scrubber steps={steps} step={step} onStep={(next) => setState({ step: String(next) }, 'small')} />
        )}
        {mode !== '' && runs.length > 2 && <OtherRun heads={heads} head={head} />}
        {(mode === 'swipe' || mode === 'onion') && (
          <Amount amount={amount} onAmount={setAmount} sides={[base?.title, head?.title]} />
        )}
      </div>
      <div class={mode === '' ? '' : 'overlay-keys'}>
        {names.map((name) => (
          <section key={name} class="image-key" aria-label={`Images of ${name}`}>
            <h3>{name}</h3>
            {mode === '' || base === undefined || head === undefined ? (
              <div class="images">
                {runs.map((run) => (
                  <Side key={run.id} run={run} image={imageOf(run, name, step)} />
                ))}
              </div>
            ) : (
              <Overlay
                mode={mode}
                amount={amount}
                sides={[base, head]}
                images={[imageOf(base, name, step), imageOf(head, name, step)]}
              />
            )}
          </section>
        ))}
      </div>
    </section>
  )
}

interface AmountProps {
  /** 0 shows the first alone, 100 the second. */
  readonly amount: number
  readonly onAmount: (amount: number) => void
  readonly sides: readonly (string | undefined)[]
}

function Amount({ amount, onAmount, sides: [base, head] }: AmountProps) {
  return (
    <label class="slider">
      {base}
      <input
        type="range"
        aria-label="How much of the other run"
        min={0}
        max={100}
        value={amount}
        onInput={({ currentTarget }) => onAmount(Number(currentTarget.value))}
      />
      {head}
    </label>
  )
}

function Modes({ mode }: { mode: string }) {
  return (
    <span class="tabs" role="group" aria-label="How to compare">
      {MODES.map(({ id, title }) => (
        <button key={id} aria-pressed={mode === id} onClick={() => setState({ overlay: id })}>
          {title}
        </button>
      ))}
    </span>
  )
}

function OtherRun({ heads, head }: { heads: readonly PicturedRun[]; head: PicturedRun | undefined }) {
  return (
    <select
      aria-label="The other run"
      value={head?.id}
      onChange={({ currentTarget }) => setState({ other: currentTarget.value })}
    >
      {heads.map(({ id, title }) => (
        <option key={id} value={id}>
          {title}
        </option>
      ))}
    </select>
  )
}

interface KeyedRun extends PicturedRun {
  readonly keys: readonly ImageKey[]
}

function imageOf({ keys }: KeyedRun, name: string, step: number): LoggedImage | undefined {
  const key = keys.find((each) => each.key === name)
  return key === undefined ? undefined : imagesAt(key, step)[0]
}

function Side({ run, image }: { run: PicturedRun; image: LoggedImage | undefined }) {
  return (
    <figure>
      {image === undefined ? (
        <p class="no-picture muted small">no such image</p>
      ) : (
        <Picture key={image.path} run={run.id} path={image.path} alt={`${image.key} of ${run.title}`} isLazy />
      )}
      <figcaption>
        <span class="swatch" style={{ background: run.colour }} /> {run.title}
        {image?.step != null && <span class="muted"> step {image.step}</span>} {image?.caption}
      </figcaption>
    </figure>
  )
}

interface OverlayProps {
  readonly mode: string
  /** 0 shows the first alone, 100 the second. */
  readonly amount: number
  readonly sides: readonly [PicturedRun, PicturedRun]
  readonly images: readonly [LoggedImage | undefined, LoggedImage | undefined]
}

function Overlay({ mode, amount, sides, images }: OverlayProps) {
  const [[base, head], [under, over]] = [sides, images]
  if (under === undefined || over === undefined) {
    return <p class="muted">Only {under === undefined ? head.title : base.title} has such an image.</p>
  }
  const style =
    mode === 'swipe'
      ? { clipPath: `inset(0 0 0 ${100 - amount}%)` }
      : mode === 'onion'
        ? { opacity: amount / 100 }
        : { mixBlendMode: 'difference' as const }
  return (
    <figure class={`overlay ${mode}`}>
      <Picture run={base.id} path={under.path} alt={`${under.key} of ${base.title}`} />
      <div class="overlay-top" style={style}>
        <Picture run={head.id} path={over.path} alt={`${over.key} of ${head.title}`} />
      </div>
      {mode === 'swipe' && <span class="overlay-edge" style={{ left: `${100 - amount}%` }} />}
    </figure>
  )
}
