// An exclusive lock on a file that ends with the process, whatever ends it. Node has no flock, so flock(1) takes it
// on a descriptor that we opened: the lock belongs to the open file and stays with us when flock(1) has exited.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'

/** The descriptor that holds the lock (keep it open), or null when somebody else has it. Rejects when flock(1) is missing. */
export async function holdLock(path: string): Promise<number | null> {
  const fd = openSync(path, 'a', 0o600)
  try {
    const child = spawn('flock', ['-xn', '3'], { stdio: ['ignore', 'ignore', 'ignore', fd] })
    const [code]: (number | null)[] = await once(child, 'exit')
    if (code === 0) return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
  closeSync(fd)
  return null
}
