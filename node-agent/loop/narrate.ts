// What a person who watches the agent reads: builds and trouble as they come, jobs only with --debug (there may be
// hundreds a second).
import { describeOutcome } from '../../shared/model/outcome.ts'
import type { Effect } from '../core/effect.ts'

interface Teller {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
}

export function narrate(effect: Effect, log: Teller): void {
  switch (effect.kind) {
    case 'tell_build':
      if (!effect.reused) log.info(`build ${short(effect.id)} started`)
      break
    case 'tell_finished': {
      const { outcome, notices } = effect.result
      const text = `${effect.build ? 'build' : 'attempt'} ${short(effect.id)}: ${describeOutcome(outcome)}`
      if (effect.build && outcome.kind !== 'succeeded') log.warn(text)
      else if (effect.build) log.info(text)
      else log.debug(text)
      for (const notice of notices) log.debug(`${short(effect.id)}: ${notice}`)
      break
    }
    case 'tell_returned':
      log.debug(`attempt ${short(effect.id)} handed back: ${effect.reason}`)
      break
    default:
      break
  }
}

function short(id: string): string {
  return id.slice(0, 8)
}
