// Worker thread around the Placer: commands in order, each repeated once a second until the disk takes it.
import { join } from 'node:path'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { Placer, placingFailed } from './placer.ts'
import type { PlacerCommand } from './writer.ts'

export interface PlacerThreadData {
  readonly data: string
  readonly writer: MessagePort
}

const retryMs = 1000
const { data, writer } = workerData as PlacerThreadData
const placer = new Placer(join(data, 'results'), (notice) => writer.postMessage(notice))
const waiting: PlacerCommand[] = []
let timer: NodeJS.Timeout | null = null
let warned = false

function work(): void {
  timer = null
  for (let command = waiting[0]; command !== undefined; command = waiting[0]) {
    try {
      placer.run(command)
    } catch (error) {
      if (!warned) writer.postMessage({ kind: 'warning', message: placingFailed(error) })
      warned = true
      timer = setTimeout(work, retryMs)
      return
    }
    warned = false
    waiting.shift()
  }
}

writer.on('message', (command: PlacerCommand) => {
  waiting.push(command)
  if (timer === null) work()
})
writer.on('close', () => {
  if (timer !== null) clearTimeout(timer)
})
parentPort?.on('message', () => process.exit(0))
