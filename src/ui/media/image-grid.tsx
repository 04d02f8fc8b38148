/**
 * Logged images by key, at one step or over all steps; a click shows one large.
 */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { Dialog } from '../base/dialog.tsx'
import { setState, stateOf } from '../base/route.ts'
import { searchOf } from '../base/search.ts'
import { imageKeys, imagesAt, imageSteps } from './image-index.ts'
import type { LoggedImage } from './image-index.ts'
import { Picture } from './picture.tsx'
import { Scrubber } from './scrubber.tsx'

/** Drawn before somebody asks for more. */
const SHOWN = 120
/** Keys from which on there is a field to search them. */
const SEARCHED_KEYS = 8

/** The images of a run. The step and whether all are shown are in the address. */
export function ImageGrid({ run, images }: { run: string; images: readonly LoggedImage[] }) {
  const [search, setSearch] = useState('')
  const [bound, setBound] = useState(SHOWN)
  const [large, setLarge] = useState<LoggedImage>()
  const keys = useMemo(() => imageKeys(images), [images])
  const steps = useMemo(() => imageSteps(images), [images])
  const isAll = stateOf('images') === 'all' || steps.length < 2
  const step = stateOf('step') === '' ? (steps.at(-1) ?? 0) : Number(stateOf('step'))
  const isFound = searchOf(search)
  const shown = keys
    .filter(({ key }) => isFound(key))
    .map((key) => ({ ...key, images: isAll ? key.images : imagesAt(key, step) }))
  const total = shown.reduce((sum, key) => sum + key.images.length, 0)
  let room = bound
  return (
    <>
      <ImageBar isAll={isAll} steps={steps} step={step} />
      {keys.length > SEARCHED_KEYS && (
        <input
          type="search"
          placeholder={`Search ${keys.length} keys`}
          aria-label="Search images"
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
      )}
      <div class={isAll ? '' : 'image-keys'}>
        {shown.map(({ key, images: all }) => {
          const some = all.slice(0, Math.max(0, room))
          room -= some.length
          return some.length === 0 ? null : (
            <section key={key} class="image-key" aria-label={`Images of ${key}`}>
              <h3>{key}</h3>
              <div class="images">
                {some.map((image) => (
                  <Figure key={image.path} run={run} image={image} onLarge={() => setLarge(image)} />
                ))}
              </div>
            </section>
          )
        })}
      </div>
      {total > bound && <button onClick={() => setBound(bound + SHOWN * 4)}>{total - bound} more</button>}
      {large !== undefined && (
        <LargeImage run={run} images={shown.flatMap((key) => key.images)} image={large} onImage={setLarge} />
      )}
    </>
  )
}

function ImageBar({ isAll, steps, step }: { isAll: boolean; steps: readonly number[]; step: number }) {
  if (steps.length < 2) return null
  return (
    <div class="button-row sticky-bar">
      <span class="tabs" role="group" aria-label="Which steps">
        <button aria-pressed={!isAll} onClick={() => setState({ images: '' })}>
          One step
        </button>
        <button aria-pressed={isAll} onClick={() => setState({ images: 'all' })}>
          All steps
        </button>
      </span>
      {!isAll && <Scrubber steps={steps} step={step} onStep={(next) => setState({ step: String(next) }, 'small')} />}
    </div>
  )
}

function Figure({ run, image, onLarge }: { run: string; image: LoggedImage; onLarge: () => void }) {
  const { key, path, step, caption } = image
  return (
    <figure>
      <button class="quiet picture-button" aria-label={`Show ${key} large`} onClick={onLarge}>
        <Picture run={run} path={path} alt={caption ?? key} isLazy />
      </button>
      <figcaption>
        {step !== null && <span class="muted">step {step}</span>} {caption}
      </figcaption>
    </figure>
  )
}

interface LargeImageProps {
  readonly run: string
  /** Among which the arrow keys move. */
  readonly images: readonly LoggedImage[]
  readonly image: LoggedImage
  readonly onImage: (image: LoggedImage | undefined) => void
}

function LargeImage({ run, images, image, onImage }: LargeImageProps) {
  const place = images.findIndex(({ path }) => path === image.path)
  // Two strokes may come before the page is drawn once.
  const at = useRef(place)
  at.current = place
  const to = (by: number): void => {
    const next = images[at.current + by]
    if (next === undefined) return
    at.current += by
    onImage(next)
  }
  useEffect(() => {
    // Wherever in the dialog the focus is, and before the dialog keeps its keys to itself.
    const turn = ({ key: pressed }: KeyboardEvent): void => {
      if (pressed === 'ArrowLeft') to(-1)
      if (pressed === 'ArrowRight') to(1)
    }
    addEventListener('keydown', turn, true)
    return () => removeEventListener('keydown', turn, true)
  }, [image])
  const { key, step, caption, path } = image
  return (
    <Dialog title={step === null ? key : `${key}, step ${step}`} onClose={() => onImage(undefined)}>
      <div class="large-image">
        <Picture key={path} run={run} path={path} alt={caption ?? key} />
        {caption !== null && <p class="pre">{caption}</p>}
        <p class="button-row">
          <button disabled={place <= 0} onClick={() => to(-1)}>
            ‹ Before
          </button>
          <span class="muted">
            {place + 1} of {images.length}
          </span>
          <button disabled={place >= images.length - 1} onClick={() => to(1)}>
            Next ›
          </button>
        </p>
      </div>
    </Dialog>
  )
}
