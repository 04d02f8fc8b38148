/**
 * Marks on a canvas. Many thousands are drawn a part each frame, so that the page answers meanwhile.
 */
import { useLayoutEffect, useRef } from 'preact/hooks'
import { px } from '../base/pixels.ts'
import { drawMarks } from './picture.ts'
import type { Picture } from './picture.ts'

const AT_ONCE = 1200

/** A picture; what it shows must be told beside it as well. */
export function CanvasMarks({ picture, label }: { picture: Picture; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { width, height } = picture
  useLayoutEffect(() => {
    const element = canvas.current
    const context = element?.getContext('2d')
    if (element === null || context == null) return undefined
    element.width = Math.round(width * devicePixelRatio)
    element.height = Math.round(height * devicePixelRatio)
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    let at = 0
    let frame = 0
    const drawSome = (): void => {
      const until = Math.min(picture.marks.length, at + AT_ONCE)
      drawMarks(context, picture.marks, at, until)
      at = until
      if (at < picture.marks.length) frame = requestAnimationFrame(drawSome)
    }
    drawSome()
    return () => cancelAnimationFrame(frame)
  }, [picture])
  return <canvas ref={canvas} role="img" aria-label={label} style={{ width: px(width), height: px(height) }} />
}
