// Without TLS the head listens on this machine only, unless told otherwise in so many words. Called by main.ts.
import { isIP } from 'node:net'
import { DistError } from '../../shared/base/errors.ts'

export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}

/** Throws `usage` when `host` can be reached from elsewhere and `--insecure-plain` was not given. */
export function assertMayBind(host: string, insecurePlain: boolean): void {
  if (insecurePlain || isLoopback(host)) return
  throw new DistError('usage', `refusing to listen on ${host}: tokens and results would cross the network in plain text`, {
    hint: 'use 127.0.0.1, or --insecure-plain on a network where nobody else listens',
  })
}
