// A listening socket whose name comes back: the clients of batchtk remove the name of a UNIX socket when they close it, and
// then connect again. Used by trial-listener.ts.
import { linkSync, mkdirSync, rmSync, watch } from 'node:fs'
import type { Server } from 'node:net'
import { basename, dirname } from 'node:path'

/** The server listens at `path`, in a folder for this account alone. Returns what removes all names. */
export function keepLink(server: Server, path: string): () => void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const own = `${path}_`
  const remove = () => {
    for (const name of [path, own]) rmSync(name, { force: true })
  }
  const link = () => {
    try {
      linkSync(own, path)
    } catch {
      // it is there
    }
  }
  remove()
  // a client closes first and removes then, so the end of its connection comes too early
  const watcher = watch(folder, (_, name) => name === basename(path) && link())
  server.once('listening', link)
  server.listen(own)
  return () => {
    watcher.close()
    remove()
  }
}
