// dist-agent --install-service: joins where a code is given, then a systemd unit that starts this agent with these options.
// The code works once and for minutes, so it is never in the unit: the node's key is in the work folder. Called by main.ts.
import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DistError } from '../shared/base/errors.ts'
import { packageVersion } from '../shared/base/package-info.ts'
import { installUnit, ownerOf } from '../shared/service/install-unit.ts'
import type { Command } from './config/flags.ts'
import { NodeKey, readMembership } from './config/identity.ts'
import { readSettingsFile } from './config/settings-file.ts'
import { lockWorkFolder } from './control/lock.ts'
import type { Log } from './control/log.ts'
import { openWorkFolder } from './control/work-folder.ts'
import { findMembership } from './join.ts'

type Install = Extract<Command, { readonly kind: 'install' }>

/** what runs may finish, then SIGTERM and SIGKILL with 10 s between them, and results have to reach the head */
const afterDrain = 80_000

/** Writes it; returns what to print. `usage` when this node has joined no head and no code is given. */
export async function installAgent({ options, request, args }: Install, env: NodeJS.ProcessEnv, log: Log): Promise<string> {
  const work = resolve(options.work)
  const isNew = !existsSync(work)
  if (request.account !== null && !isNew && ownerOf(work) !== request.account) {
    throw new DistError('usage', `${work} belongs to ${ownerOf(work)}, not to ${request.account}`, {
      hint: `give it another --work folder, or: chown -R ${request.account}: ${work}`,
    })
  }
  if (options.join !== null) await joinNow(work, options, log)
  // who only looks need not have joined
  if (request.output === null && readMembership(work) === null) {
    throw new DistError('usage', `${work} belongs to no head yet`, {
      hint: 'run `dist node invite` on the head and put its --head URL --join CODE before --install-service',
    })
  }
  if (request.account !== null && isNew && existsSync(work)) give(work, request.account)
  const stopWithin = options.drainTimeout + afterDrain
  const isRoot = process.getuid?.() === 0
  return installUnit({ daemon: 'dist-agent', request, args, folder: work, stopWithin, isRoot, env })
}

async function joinNow(work: string, options: Install['options'], log: Log): Promise<void> {
  const { root } = openWorkFolder(work)
  const unlock = lockWorkFolder(root)
  try {
    const file = await readSettingsFile(root)
    const name = options.name ?? file.name ?? null
    // waits for a head that is not up yet; Ctrl-C ends the process
    const { signal } = new AbortController()
    await findMembership({ work: root, key: NodeKey.open(root), options, name, version: packageVersion(), log, signal })
  } finally {
    unlock()
  }
}

/** A work folder that was made by root just now becomes the account's. */
function give(work: string, account: string): void {
  const id = (flag: '-u' | '-g'): number => Number(execFileSync('id', [flag, account], { encoding: 'utf8' }))
  const [uid, gid] = [id('-u'), id('-g')]
  chownSync(work, uid, gid)
  for (const name of readdirSync(work, { recursive: true, encoding: 'utf8' })) chownSync(join(work, name), uid, gid)
}
