// What `dist doctor` asks the head itself: whether it answers, who the token is, versions, clocks. Never throws.

import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { packageVersion } from '../../shared/base/package-info.ts'
import type { Check } from '../../shared/model/check.ts'
import { formatDuration } from '../../shared/text/duration.ts'
import type { Context } from '../context.ts'

/** ms; more than this and times in tables, tokens and certificates begin to look wrong */
const clockTolerance = 2000
const clockProblem = 60_000

export async function checkHead(context: Context): Promise<Check[]> {
  let base = ''
  try {
    const head = await context.head()
    base = head.base
    const before = performance.now()
    const session = await context.patiently('look', () => head.session(context.signal))
    const took = Math.round(performance.now() - before)
    const checks: Check[] = [
      { name: 'head', level: 'ok', message: `${base} answers in ${took} ms` },
      { name: 'token', level: 'ok', message: `of ${session.name}, role ${session.role}` },
      versions(session.head.version),
    ]
    const asked = Date.now()
    const status = await head.status({ all: false, limit: 1 }, context.signal)
    checks.push(clock(status.head.now - (asked + Date.now()) / 2), ...notice(status.head.notice), nodes(status.nodes))
    return checks
  } catch (error) {
    context.signal.throwIfAborted()
    return [failure(base, error)]
  }
}

function versions(head: string): Check {
  const own = packageVersion()
  if (own === head) return { name: 'version', level: 'ok', message: `${own}, here and on the head` }
  return { name: 'version', level: 'warning', message: `${own} here, ${head} on the head`, hint: 'install the same version on both' }
}

/** `ahead`: ms that the head's clock shows more than ours, as far as the way there and back lets us see. */
function clock(ahead: number): Check {
  const off = Math.abs(ahead)
  const far = off < 1 ? 'no time' : formatDuration(off)
  if (off <= clockTolerance) return { name: 'clock', level: 'ok', message: `${far} away from the head's` }
  return {
    name: 'clock',
    level: off > clockProblem ? 'problem' : 'warning',
    message: `the head's clock is ${far} ${ahead > 0 ? 'ahead of' : 'behind'} this machine's`,
    hint: 'let both follow a time server (timedatectl set-ntp true); jobs are not affected, times in tables are',
  }
}

function notice(text: string | null): Check[] {
  return text === null ? [] : [{ name: 'head work', level: 'warning', message: text, hint: 'dist gc --dry says what could go' }]
}

function nodes({ total, online }: { readonly total: number; readonly online: number }): Check {
  if (online > 0) return { name: 'nodes', level: 'ok', message: `${online} of ${total} online` }
  const message = total === 0 ? 'no node has joined yet' : `none of ${total} nodes is online`
  return {
    name: 'nodes',
    level: 'warning',
    message,
    hint: total === 0 ? 'dist node invite prints the line that adds one' : 'start dist-agent on them; dist nodes lists them',
  }
}

function failure(base: string, error: unknown): Check {
  const known = error instanceof DistError ? error : null
  const hint = known?.hint ?? 'see: dist status --verbose'
  if (known?.code === 'unauthenticated' || known?.code === 'forbidden')
    return { name: 'token', level: 'problem', message: `${base} refuses it: ${known.message}`, hint }
  // a machine that only computes has no head of its own, and that is fine
  const level = base === '' && known?.code === 'unreachable' ? 'warning' : 'problem'
  return { name: 'head', level, message: errorMessage(error), hint }
}
