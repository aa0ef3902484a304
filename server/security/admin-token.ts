// The token of the account that runs the head: `<data>/admin.token`, readable by nobody else. Made at first start, and
// again when the file is gone, damaged or revoked: whoever may write the data folder is the administrator.
import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../../shared/base/errors.ts'
import { writeAtomic } from '../../shared/files/atomic.ts'
import type { Store } from '../ports/store.ts'
import type { TokenReads } from '../ports/token-reads.ts'
import { hashSecret, newToken } from './secrets.ts'

const rowId = 'admin'

/** The secret that admin.token holds from now on. Called by app.ts before the head listens. */
export async function ensureAdminToken(data: string, store: Store, tokens: TokenReads, random: (size: number) => Buffer): Promise<string> {
  const file = join(data, 'admin.token')
  const present = readToken(file)
  if (present !== null && tokens.byHash(hashSecret(present))?.role === 'admin') {
    chmodSync(file, 0o600)
    return present
  }
  const secret = newToken(random)
  await store.run('replaceToken', { id: rowId, name: 'admin', role: 'admin', hash: hashSecret(secret) })
  writeAtomic(file, `${secret}\n`, 0o600)
  return secret
}

function readToken(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw error
  }
}
