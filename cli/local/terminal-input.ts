// The keyboard, or what is piped in. Used by io.ts; nothing is read, and the terminal is not touched, before it is asked for.
import type { Input } from './io.ts'

const enter = /[\r\n]/
const interrupt = '\u0003'
const erase = /[\u007f\b]/

export function terminalInput(): Input {
  const { stdin } = process
  return {
    get isTerminal() {
      return stdin.isTTY === true
    },
    async read() {
      if (stdin.isTTY === true) return readHidden()
      const chunks: Buffer[] = []
      for await (const chunk of stdin) chunks.push(Buffer.from(chunk as Uint8Array))
      return Buffer.concat(chunks).toString()
    },
    onKey,
  }
}

function onKey(listener: (key: string) => void): () => void {
  const { stdin } = process
  const take = (data: Buffer): void => listener(data.toString())
  const restore = (): void => void stdin.setRawMode(false)
  stdin.setRawMode(true)
  // a raw terminal that is left behind shows nothing that is typed
  process.on('exit', restore)
  stdin.on('data', take)
  stdin.resume()
  return () => {
    stdin.off('data', take)
    process.off('exit', restore)
    stdin.setRawMode(false)
    stdin.pause()
  }
}

/** A line of which nothing is shown. Ctrl-C goes where it always goes. */
function readHidden(): Promise<string> {
  return new Promise((resolve) => {
    let line = ''
    const stop = onKey((keys) => {
      for (const key of keys) {
        if (key === interrupt) {
          stop()
          process.kill(process.pid, 'SIGINT')
          resolve('')
        } else if (enter.test(key)) {
          stop()
          resolve(line)
        } else line = erase.test(key) ? line.slice(0, -1) : line + key
      }
    })
  })
}
