/**
 * Logged images by key and step, and which of them stands at a step.
 */
import type { WireMedia } from '../../server/wire.ts'

/** One logged image. */
export type LoggedImage = WireMedia['images'][number]

/** All images of one key, by step; those without one come first. */
export interface ImageKey {
  readonly key: string
  readonly images: readonly LoggedImage[]
}

/** Images by key, in the order in which keys were first logged. */
export function imageKeys(images: readonly LoggedImage[]): readonly ImageKey[] {
  const keys = new Map<string, LoggedImage[]>()
  for (const image of images) {
    const known = keys.get(image.key)
    if (known === undefined) keys.set(image.key, [image])
    else known.push(image)
  }
  return [...keys].map(([key, all]) => ({ key, images: all.toSorted((left, right) => stepOf(left) - stepOf(right)) }))
}

/** Every step that has an image, in order. */
export function imageSteps(images: readonly LoggedImage[]): readonly number[] {
  return [...new Set(images.flatMap(({ step }) => (step === null ? [] : [step])))].sort((left, right) => left - right)
}

/** The images of a key at a step: of the last step that is not after it, else of the first there is. */
export function imagesAt({ images }: ImageKey, step: number): readonly LoggedImage[] {
  const last = images.findLast((image) => stepOf(image) <= step) ?? images[0]
  return last === undefined ? [] : images.filter((image) => stepOf(image) === stepOf(last))
}

function stepOf({ step }: LoggedImage): number {
  return step ?? -1
}
