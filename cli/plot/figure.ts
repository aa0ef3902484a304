// A figure: its title and panels, one below the other or two side by side. The same data give the same bytes.
import { type Box, colours, drawPanel, type Panel } from './panel.ts'
import { cut, element, label } from './svg.ts'

export interface FigurePart {
  readonly panel: Panel
  /** takes the whole width */
  readonly wide: boolean
}

const width = 960
const edge = 12
const heading = 40
const heights = { wide: 320, half: 300, alone: 500 } as const
const footer = 22
const font = 'Helvetica, Arial, "DejaVu Sans", "Liberation Sans", sans-serif'

/** An SVG file. `note`: a line below all. */
export function drawFigure(title: string, parts: readonly FigurePart[], note: string): string {
  const boxes = layout(parts)
  const bottom = boxes.reduce((most, { top, height }) => Math.max(most, top + height), heading)
  const height = bottom + footer
  const body = element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      ...{ width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': font, role: 'img' },
    },
    `\n${label(title, {}).replace('<text>', '<title>').replace('</text>', '</title>')}`,
    `\n${element('rect', { width, height, fill: '#ffffff' })}`,
    `\n${label(cut(title, width - 2 * edge, 16), { x: edge, y: 26, 'font-size': 16, 'font-weight': 'bold', fill: colours.text })}`,
    ...parts.map(({ panel }, k) => `\n${drawPanel(panel, boxes[k] ?? wholeBox)}`),
    `\n${label(cut(note, width - 2 * edge, 11), { x: edge, y: height - 8, 'font-size': 11, fill: colours.soft })}`,
    '\n',
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}\n`
}

const wholeBox: Box = { left: edge, top: heading, width: width - 2 * edge, height: heights.alone }

function layout(parts: readonly FigurePart[]): readonly Box[] {
  if (parts.length === 1) return [wholeBox]
  const half = (width - 3 * edge) / 2
  const boxes: Box[] = []
  let top = heading
  let isRight = false
  parts.forEach(({ wide }, k) => {
    if (wide && isRight) {
      top += heights.half
      isRight = false
    }
    boxes.push({
      left: isRight ? half + 2 * edge : edge,
      top,
      width: wide ? wholeBox.width : half,
      height: wide ? heights.wide : heights.half,
    })
    if (wide) top += heights.wide
    else if (isRight || k === parts.length - 1) {
      top += heights.half
      isRight = false
    } else isRight = true
  })
  return boxes
}
