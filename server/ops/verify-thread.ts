// Worker thread of `dist verify`: at the lowest priority and for half of the time, so that jobs do not notice.
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { block, Pace } from './pace.ts'
import { verifyAll } from './verify-all.ts'

const lowest = 19
// On Linux 0 is the calling thread, and only that.
setPriority(0, lowest)
const pace = new Pace()
const { root } = workerData as { readonly root: string }
verifyAll(root, { step: () => pace.step(), pause: block }, Date.now(), (line) => parentPort?.postMessage(line))
