// Words in a systemd unit: double quotes, C escapes, %% for specifiers, $$ for variables (systemd.syntax(7), systemd.service(5)
// "Command lines"). Called by unit.ts.

import { hasControl } from '../base/control.ts'
import { DistError } from '../base/errors.ts'

/** `command`: of ExecStart, where variables are put in; `specifiers`: of other settings. Throws `usage` for control characters. */
export function quoteWord(word: string, place: 'command' | 'specifiers'): string {
  if (hasControl(word)) {
    throw new DistError('usage', `${JSON.stringify(word)} cannot stand in a systemd unit: it has a control character`, {
      hint: 'use a path or value without one',
    })
  }
  const specifiers = word.replaceAll('%', '%%')
  const text = place === 'command' ? specifiers.replaceAll('$', '$$$$') : specifiers
  if (/^[\w@%+=:,./$-]+$/.test(text)) return text
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}
