// The agent's log: one readable line on stderr per event, or JSON lines with `--log json`. Used by app.ts and
// handed down; adapters never write to the terminal themselves.
export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogStyle = 'text' | 'json'

export interface Log {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

/** `write` gets whole lines with their newline; `now` is wall ms. Debug lines only when asked for. */
export function createLog(
  style: LogStyle,
  debug: boolean,
  write: (line: string) => void = (line) => process.stderr.write(line),
  now: () => number = Date.now,
): Log {
  const line = (level: LogLevel, message: string) => {
    const time = new Date(now())
    if (style === 'json') write(`${JSON.stringify({ time: time.toISOString(), level, message })}\n`)
    else write(`${clockText(time)} ${level.padEnd(5)} ${message}\n`)
  }
  return {
    debug: (message) => {
      if (debug) line('debug', message)
    },
    info: (message) => line('info', message),
    warn: (message) => line('warn', message),
    error: (message) => line('error', message),
  }
}

function clockText(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
}
