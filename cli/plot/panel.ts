// One panel of a figure: title, frame, grid, ticks, names of the axes, and what is drawn inside.
import type { Axis } from './axis.ts'
import { cut, drawnWidth, element, label } from './svg.ts'

export interface Panel {
  readonly title: string
  readonly x: Axis
  readonly y: Axis
  readonly xName: string
  readonly yName: string
  /** SVG of the marks, for places inside of the frame */
  readonly marks: (to: ToPixels) => readonly string[]
}

/** Pixels of a place between 0 and 1. */
export interface ToPixels {
  readonly x: (place: number) => number
  readonly y: (place: number) => number
}

export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export const colours = { text: '#222222', soft: '#666666', grid: '#e8e8e8', frame: '#9a9a9a' } as const
const size = { title: 14, text: 12, tick: 11 } as const
const space = { top: 34, bottom: 46, right: 14, name: 20, gap: 6 } as const

export function drawPanel(panel: Panel, box: Box): string {
  const widest = Math.max(0, ...panel.y.ticks.map(({ text }) => drawnWidth(text, size.tick)))
  const left = box.left + space.name + space.gap + widest
  const [right, top, bottom] = [box.left + box.width - space.right, box.top + space.top, box.top + box.height - space.bottom]
  const to: ToPixels = { x: (place) => left + place * (right - left), y: (place) => bottom - place * (bottom - top) }
  const middle = (top + bottom) / 2
  const room = (right - left) / Math.max(1, panel.x.ticks.length)
  return element(
    'g',
    { 'font-size': size.tick, fill: colours.text },
    label(cut(panel.title, box.width - 8, size.title), { x: left, y: box.top + 20, 'font-size': size.title, 'font-weight': 'bold' }),
    ...panel.x.ticks.map(({ at }) => line(to.x(at), top, to.x(at), bottom)),
    ...panel.y.ticks.map(({ at }) => line(left, to.y(at), right, to.y(at))),
    ...panel.marks(to),
    element('rect', { x: left, y: top, width: right - left, height: bottom - top, fill: 'none', stroke: colours.frame }),
    ...panel.x.ticks.map(({ at, text }) => label(cut(text, room, size.tick), { x: to.x(at), y: bottom + 16, 'text-anchor': 'middle' })),
    ...panel.y.ticks.map(({ at, text }) => label(text, { x: left - space.gap, y: to.y(at) + 4, 'text-anchor': 'end' })),
    label(cut(panel.xName, right - left, size.text), {
      ...{ x: (left + right) / 2, y: bottom + 36, 'text-anchor': 'middle' },
      'font-size': size.text,
    }),
    label(cut(panel.yName, bottom - top, size.text), {
      ...{ x: box.left + 12, y: middle, 'text-anchor': 'middle', 'font-size': size.text },
      transform: `rotate(-90 ${Math.round(box.left + 12)} ${Math.round(middle)})`,
    }),
  )
}

function line(x1: number, y1: number, x2: number, y2: number): string {
  return element('line', { x1, y1, x2, y2, stroke: colours.grid })
}
