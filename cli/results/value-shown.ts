// Values of trials as a table shows them: six digits, and one short line.
import type { Value } from '../../shared/model/value.ts'
import { pythonText } from '../../shared/trial/value-text.ts'
import { numberShown } from '../render/number-shown.ts'
import { truncate } from '../render/text-width.ts'
import { sentValue } from './sent-fields.ts'

const longest = 40

export function paramShown(value: Value | undefined): string {
  if (value === undefined) return ''
  if (value.kind === 'int' || value.kind === 'float') return numberShown(value.value)
  return truncate(value.kind === 'text' ? value.value : pythonText(value), longest)
}

/** Of JSON text. */
export function sentShown(text: string | undefined): string {
  if (text === undefined) return ''
  const value = sentValue(text)
  if (typeof value === 'number') return numberShown(value)
  return truncate(typeof value === 'string' ? value : text, longest)
}
