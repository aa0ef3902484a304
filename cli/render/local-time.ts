// Times of the day as the person reads their clock: the time zone of the environment.

type Environment = Readonly<Record<string, string | undefined>>

const formats = new Map<string, Intl.DateTimeFormat>()

/** `2026-03-01 17:05:09` */
export function localTime(at: number, env: Environment): string {
  return formatOf(env['TZ'] ?? '').format(at)
}

/** `17:05`, with the day when it is not today: `2026-03-01 17:05`. */
export function moment(at: number, now: number, env: Environment): string {
  const text = localTime(at, env)
  return text.slice(0, 10) === localTime(now, env).slice(0, 10) ? text.slice(11, 16) : text.slice(0, 16)
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = make(zone)
  formats.set(zone, format)
  return format
}

/** TZ may be a path, or a rule, which the process understands and Intl does not. */
function make(zone: string): Intl.DateTimeFormat {
  // Swedish writes dates as ISO 8601 does
  const parts = { dateStyle: 'short', timeStyle: 'medium' } as const
  try {
    return new Intl.DateTimeFormat('sv-SE', zone === '' ? parts : { ...parts, timeZone: zone })
  } catch {
    return new Intl.DateTimeFormat('sv-SE', parts)
  }
}
