/**
 * Pictures as lists of marks: drawn on a canvas to be seen, and written as SVG to be taken away.
 */

/** One mark. Places and sizes in pixels, colours as style sheets write them. */
export type Mark =
  | {
      readonly kind: 'path'
      /** x and y in turn; not a number where the line is broken. */
      readonly points: ArrayLike<number>
      readonly stroke: string
      readonly width: number
      /** From 0, not seen, to 1. */
      readonly alpha: number
      readonly dash?: readonly number[]
    }
  | {
      readonly kind: 'area'
      /** x and y in turn, around it. */
      readonly points: ArrayLike<number>
      readonly fill: string
      readonly alpha: number
    }
  | {
      readonly kind: 'dot'
      readonly x: number
      readonly y: number
      readonly radius: number
      readonly fill: string
      readonly alpha: number
      readonly stroke?: string
    }
  | {
      readonly kind: 'box'
      readonly x: number
      readonly y: number
      readonly width: number
      readonly height: number
      readonly fill?: string
      readonly stroke?: string
      readonly alpha: number
    }
  | {
      readonly kind: 'text'
      readonly x: number
      /** The middle of the letters. */
      readonly y: number
      readonly text: string
      readonly fill: string
      readonly size: number
      readonly anchor: 'start' | 'middle' | 'end'
      readonly isStrong?: boolean
      /** Read from the bottom to the top. */
      readonly isUpright?: boolean
    }

/** A picture to take away. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly marks: readonly Mark[]
}

/** What texts of pictures are set in. */
export const FONT = 'system-ui, sans-serif'
// Lines of one look are stroked together, but not too many: crossings within one path are slow.
const TOGETHER = 40

/** Draws some marks, `from` to before `until`, over what is there. */
export function drawMarks(context: CanvasRenderingContext2D, marks: readonly Mark[], from = 0, until = marks.length) {
  for (let at = from; at < until;) {
    const mark = marks[at]
    if (mark?.kind === 'path') {
      at = drawPaths(context, marks, at, Math.min(until, at + TOGETHER))
    } else {
      if (mark !== undefined) drawMark(context, mark)
      at += 1
    }
  }
  context.globalAlpha = 1
}

/** Strokes a path and those after it that look alike; where the next mark is. */
function drawPaths(context: CanvasRenderingContext2D, marks: readonly Mark[], from: number, until: number): number {
  const first = marks[from]
  if (first?.kind !== 'path') return from + 1
  context.strokeStyle = first.stroke
  context.lineWidth = first.width
  context.globalAlpha = first.alpha
  context.setLineDash([...(first.dash ?? [])])
  context.beginPath()
  let at = from
  for (; at < until; at += 1) {
    const mark = marks[at]
    const isAlike = mark?.kind === 'path' && mark.stroke === first.stroke && mark.alpha === first.alpha
    if (!isAlike || mark.width !== first.width || mark.dash !== first.dash) break
    tracePath(context, mark.points)
  }
  context.stroke()
  context.setLineDash([])
  return at
}

function tracePath(context: CanvasRenderingContext2D, points: ArrayLike<number>): void {
  let isBroken = true
  for (let at = 0; at < points.length; at += 2) {
    const [x, y] = [points[at] ?? NaN, points[at + 1] ?? NaN]
    if (Number.isNaN(x) || Number.isNaN(y)) isBroken = true
    else if (isBroken) context.moveTo(x, y)
    else context.lineTo(x, y)
    isBroken = Number.isNaN(x) || Number.isNaN(y)
  }
}

function drawMark(context: CanvasRenderingContext2D, mark: Exclude<Mark, { kind: 'path' }>): void {
  if (mark.kind === 'text') return drawText(context, mark)
  context.globalAlpha = mark.alpha
  context.beginPath()
  if (mark.kind === 'area') tracePath(context, mark.points)
  else if (mark.kind === 'dot') context.arc(mark.x, mark.y, mark.radius, 0, 2 * Math.PI)
  else context.rect(mark.x, mark.y, mark.width, mark.height)
  if (mark.fill !== undefined) {
    context.fillStyle = mark.fill
    context.fill()
  }
  if (mark.kind === 'area' || mark.stroke === undefined) return
  context.strokeStyle = mark.stroke
  context.lineWidth = 1
  context.stroke()
}

function drawText(context: CanvasRenderingContext2D, mark: Extract<Mark, { kind: 'text' }>): void {
  context.globalAlpha = 1
  context.fillStyle = mark.fill
  context.font = `${mark.isStrong === true ? '600 ' : ''}${mark.size}px ${FONT}`
  context.textAlign = mark.anchor === 'middle' ? 'center' : mark.anchor
  context.textBaseline = 'middle'
  context.save()
  context.translate(mark.x, mark.y)
  if (mark.isUpright === true) context.rotate(-Math.PI / 2)
  context.fillText(mark.text, 0, 0)
  context.restore()
}

/** The picture as an SVG document that stands for itself. */
export function svgOf({ width, height, marks }: Picture, ground: string): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${FONT}">`,
    `<rect width="${width}" height="${height}" fill="${attribute(ground)}"/>`,
    ...marks.map(svgMark),
    '</svg>',
    '',
  ].join('\n')
}

function svgMark(mark: Mark): string {
  switch (mark.kind) {
    case 'path': {
      const dash = mark.dash === undefined ? '' : ` stroke-dasharray="${mark.dash.join(' ')}"`
      const look = `stroke="${attribute(mark.stroke)}" stroke-width="${mark.width}" opacity="${mark.alpha}"`
      return `<path d="${svgPath(mark.points)}" fill="none" ${look}${dash}/>`
    }
    case 'area':
      return `<path d="${svgPath(mark.points)}Z" ${svgLook(mark)}/>`
    case 'dot':
      return `<circle cx="${short(mark.x)}" cy="${short(mark.y)}" r="${mark.radius}" ${svgLook(mark)}/>`
    case 'box': {
      const { x, y, width, height } = mark
      const place = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`
      return `<rect ${place} ${svgLook(mark)}/>`
    }
    case 'text': {
      const place = `x="${short(mark.x)}" y="${short(mark.y)}" text-anchor="${mark.anchor}" dominant-baseline="central"`
      const turn = mark.isUpright === true ? ` transform="rotate(-90 ${short(mark.x)} ${short(mark.y)})"` : ''
      const weight = mark.isStrong === true ? ' font-weight="600"' : ''
      const look = `font-size="${mark.size}" fill="${attribute(mark.fill)}"${weight}${turn}`
      return `<text ${place} ${look}>${escaped(mark.text)}</text>`
    }
  }
}

function svgPath(points: ArrayLike<number>): string {
  let isBroken = true
  let path = ''
  for (let at = 0; at < points.length; at += 2) {
    const [x, y] = [points[at] ?? NaN, points[at + 1] ?? NaN]
    const isNothing = Number.isNaN(x) || Number.isNaN(y)
    if (!isNothing) path += `${isBroken ? 'M' : 'L'}${short(x)} ${short(y)}`
    isBroken = isNothing
  }
  return path
}

function svgLook({ fill, stroke, alpha }: { fill?: string; stroke?: string; alpha: number }): string {
  const edge = stroke === undefined ? '' : ` stroke="${attribute(stroke)}"`
  return `fill="${fill === undefined ? 'none' : attribute(fill)}" opacity="${alpha}"${edge}`
}

function short(value: number): string {
  return String(Number(value.toFixed(2)))
}

function escaped(text: string): string {
  // What XML cannot hold is left out.
  const allowed = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
  return allowed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function attribute(text: string): string {
  return escaped(text).replaceAll('"', '&quot;')
}
