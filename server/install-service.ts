// dist-server --install-service: a systemd unit that starts this head with these options. Called by main.ts.
import { resolve } from 'node:path'
import { installUnit } from '../shared/service/install-unit.ts'
import type { HeadOptions } from './options.ts'

/** Requests that are going on may end, and SQLite's log is folded in. */
const stopWithin = 90_000

/** Writes it; returns what to print. */
export function installHead(
  data: string,
  service: NonNullable<HeadOptions['service']>,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const isRoot = process.getuid?.() === 0
  return installUnit({ daemon: 'dist-server', request: service, args: service.args, folder: resolve(data), stopWithin, isRoot, env })
}
