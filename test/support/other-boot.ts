// Starts a program as after a boot of the machine: a mount namespace in which /proc shows another boot id and a boot a
// moment from now, so that nothing from before counts as surely there. Root only.
import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What goes in front of a command line; the files it needs are written into `folder`. */
export function otherBoot(folder: string): readonly string[] {
  const [stat, id] = [join(folder, 'proc-stat'), join(folder, 'boot-id')]
  const second = Math.floor(Date.now() / 1000) + 1
  writeFileSync(stat, readFileSync('/proc/stat', 'utf8').replace(/^btime \d+$/m, `btime ${second}`))
  writeFileSync(id, `${randomUUID()}\n`)
  const script = 'mount --bind "$0" /proc/stat && mount --bind "$1" /proc/sys/kernel/random/boot_id && shift && exec "$@"'
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, stat, id]
}
