// What is typed after a unit was written. Pure; called by install-unit.ts.
import type { Daemon } from './unit.ts'

export interface Written {
  readonly daemon: Daemon
  readonly path: string
  readonly state: 'new' | 'same' | 'replaced'
  /** whose own unit it is; null = the system's */
  readonly user: string | null
}

export function nextSteps({ daemon, path, state, user }: Written): string {
  const systemctl = user === null ? 'systemctl' : 'systemctl --user'
  const journal = user === null ? `journalctl -u ${daemon} -f` : `journalctl --user -u ${daemon} -f`
  const lines = [
    state === 'same' ? `${path} is there already, just like this` : `${state === 'new' ? 'wrote' : 'replaced'} ${path}`,
    'Next:',
    `  ${systemctl} daemon-reload`,
    `  ${systemctl} enable --now ${daemon}`,
    ...(state === 'replaced' ? [`  ${systemctl} restart ${daemon}`] : []),
    ...(user === null ? [] : [`  loginctl enable-linger ${user}    # else it ends when you log out`]),
    `Its log: ${journal}`,
  ]
  return `${lines.join('\n')}\n`
}
