// Colours of one output: on a terminal only, and never with NO_COLOR, --no-color or --json.
import picocolors from 'picocolors'
import type { Io, Output } from '../local/io.ts'

export type Palette = ReturnType<typeof picocolors.createColors>

export function makePalette(output: Output, io: Io, wanted: boolean): Palette {
  const refused = (io.env['NO_COLOR'] ?? '') !== '' || io.env['TERM'] === 'dumb'
  return picocolors.createColors(wanted && output.columns !== null && !refused)
}
