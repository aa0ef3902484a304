// Tells the account's commands where the head listens (head.json). A head that is started while its disk is full works all the
// same and tells it when there is space again. Used by app.ts.
import { errorMessage, isDiskFull } from '../../shared/base/errors.ts'

/** Calls `write` until it worked; returns what ends that. Other errors than a full disk are thrown. `every` in ms. */
export function announce(write: () => void, warn: (message: string) => void, every = 5000): () => void {
  let timer: NodeJS.Timeout | null = null
  const attempt = (first: boolean): void => {
    try {
      write()
      timer = null
    } catch (error) {
      if (!isDiskFull(error)) {
        if (first) throw error
        warn(`head.json cannot be written: ${errorMessage(error)}`)
        return
      }
      if (first) warn('the disk of the data folder is full: commands on this machine find the head only with --head or DIST_HEAD')
      timer = setTimeout(() => attempt(false), every)
    }
  }
  attempt(true)
  return () => {
    if (timer !== null) clearTimeout(timer)
  }
}
