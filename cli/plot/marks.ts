// Marks of panels: points, step lines, rings. Points that would be drawn at the same pixel are drawn once, so that a hundred
// thousand trials make a file of the size of a picture.
import type { ToPixels } from './panel.ts'
import { type Attributes, element, round } from './svg.ts'

/** points beyond this number lie at whole pixels, fewer at half ones */
const many = 4000

/** Places between 0 and 1. */
export interface Point {
  readonly x: number
  readonly y: number
}

export function dots(points: readonly Point[], to: ToPixels, radius: number, attributes: Attributes): string {
  const seen = new Set<string>()
  const grain = points.length > many ? 1 : 2
  for (const { x, y } of points) seen.add(`${Math.round(to.x(x) * grain) / grain} ${Math.round(to.y(y) * grain) / grain}`)
  const path = [...seen].map((at) => `M${at}h0`).join('')
  return element('path', { d: path, 'stroke-width': 2 * radius, 'stroke-linecap': 'round', fill: 'none', ...attributes })
}

export function crosses(points: readonly Point[], to: ToPixels, attributes: Attributes): string {
  const seen = new Set<string>()
  for (const { x, y } of points) seen.add(`M${round(to.x(x) - 3)} ${round(to.y(y) - 3)}l6 6m0 -6l-6 6`)
  return element('path', { d: [...seen].join(''), fill: 'none', 'stroke-width': 1.5, ...attributes })
}

/** First along x, then along y: what was best stays so until something is better. */
export function steps(points: readonly Point[], to: ToPixels, attributes: Attributes): string {
  const [first, ...rest] = points
  if (first === undefined) return ''
  const path = rest.map(({ x, y }) => `H${round(to.x(x))}V${round(to.y(y))}`)
  return element('path', { d: `M${round(to.x(first.x))} ${round(to.y(first.y))}${path.join('')}`, fill: 'none', ...attributes })
}

export function ring({ x, y }: Point, to: ToPixels, attributes: Attributes): string {
  return element('circle', { cx: to.x(x), cy: to.y(y), r: 6, fill: 'none', 'stroke-width': 2, ...attributes })
}
