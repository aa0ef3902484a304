// Program: `launcher-main --work DIR [--idle MS]`. Started detached by the agent (client.ts), its stderr is launcher.log.
// Exits with 3 when another launcher has the work folder.
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { packageRoot } from '../../shared/base/package-info.ts'
import { tryLock } from '../../shared/files/lock.ts'
import { Launcher } from './launcher.ts'
import { exitLocked } from './launcher-exit.ts'

const stopGraceSeconds = 10

function log(text: string): void {
  process.stderr.write(`${new Date().toISOString()} launcher ${process.pid}: ${text}\n`)
}

const { values } = parseArgs({ options: { work: { type: 'string' }, idle: { type: 'string', default: '60000' } } })
const work = resolve(values.work ?? '.')
if (tryLock(join(work, 'launcher.lock')) === null) {
  log(`another launcher has ${work}`)
  process.exit(exitLocked)
}
const launcher = new Launcher({
  work,
  script: join(packageRoot(), 'python', 'keeper.py'),
  idleMs: Number(values.idle),
  log,
  onStopped() {
    log('stopped')
    process.exit(0)
  },
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void launcher.stop(stopGraceSeconds))
process.on('SIGHUP', () => {})
await launcher.listen()
log(`serves ${work}`)
