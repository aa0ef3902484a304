// Program: `node main.js <work folder> <slot>`, with a socket to the launcher on descriptor 3. Started by the launcher in place
// of python/keeper.py on a node without python3 (launcher/keeper-command.ts). Its stderr is launcher.log.
import { join, resolve } from 'node:path'
import { errorMessage } from '../../shared/base/errors.ts'
import { waitLock } from '../../shared/files/lock.ts'
import { Channel } from './channel.ts'
import { closeInherited } from './inherited.ts'
import { SlotJournal } from './journal.ts'
import { Keeper } from './keeper.ts'
import { Ledger } from './ledger.ts'
import { asOrder } from './order.ts'
import { SlotOutput } from './output.ts'
import { bootId, recover } from './recover.ts'
import { Strangers } from './strangers.ts'

const launcher = 3
const [folder = '.', slot = '0'] = process.argv.slice(2)
const work = resolve(folder)
const name = join(work, `slot${Number(slot)}`)
const marker = `DIST_SLOT=${name}`
const waiting: unknown[] = []
let keeper: Keeper | null = null

function complain(text: string): void {
  process.stderr.write(`keeper: ${text}\n`)
}

function take(order: unknown): void {
  if (keeper === null) {
    waiting.push(order)
    return
  }
  try {
    const known = asOrder(order)
    if (known !== null) keeper.obey(known)
  } catch (error) {
    complain(`order ${JSON.stringify(order).slice(0, 200)} makes no sense: ${errorMessage(error)}`)
  }
}

function leave(): void {
  // nothing was started yet
  if (keeper === null) process.exit(0)
  keeper.leaveNow()
}

closeInherited(launcher)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, leave)
const channel = new Channel(launcher, { onOrder: take, onEnd: leave, complain })
// The keeper before this one may still be ending its job.
await waitLock(`${name}.lock`)
const journal = new SlotJournal(`${name}.journal`)
await recover(journal, work, marker, complain)
keeper = new Keeper({
  marker,
  boot: bootId(),
  strangers: new Strangers(),
  ledger: new Ledger(journal, complain),
  output: new SlotOutput(work, Number(slot)),
  report: (report) => channel.report(report),
  flush: () => channel.flush(),
  sendDue: (queued) => channel.sendDue(queued),
  complain,
})
channel.ready()
for (const order of waiting.splice(0)) take(order)
await keeper.work()
await channel.close()
process.exit(0)
