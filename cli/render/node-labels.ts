// Short texts about nodes that several commands show.
import type { NodeReply } from '../../shared/api/types.ts'
import { ago } from './labels.ts'
import { moment } from './local-time.ts'
import { oneLine } from './text-width.ts'

/** `paused` in the place of what a paused node would be waiting for; one that still works shows that. */
export function shownState({ state, paused, running }: NodeReply): string {
  return paused !== null && (state === 'idle' || (state === 'busy' && running === 0)) ? 'paused' : state
}

type Environment = Readonly<Record<string, string | undefined>>

/** `paused by anna 5m00s ago, until 17:05` */
export function pauseText({ by, at, until }: NonNullable<NodeReply['paused']>, now: number, env: Environment): string {
  return `paused by ${oneLine(by)} ${ago(Math.min(at, now), now)}, until ${until === null ? 'it is resumed' : moment(until, now, env)}`
}

export function isOnline({ state }: NodeReply): boolean {
  return state === 'idle' || state === 'busy' || state === 'building'
}
