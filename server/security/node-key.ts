// A node's public key as it comes with an enrolment.
import { createPublicKey } from 'node:crypto'
import { DistError } from '../../shared/base/errors.ts'

/** The key in its one canonical form (SPKI DER, base64); `bad_request` when it is no Ed25519 key. */
export function canonicalKey(text: string): string {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    if (key.asymmetricKeyType === 'ed25519') return key.export({ format: 'der', type: 'spki' }).toString('base64')
  } catch {
    // falls through to the one answer: what exactly is wrong with a foreign key helps nobody
  }
  throw new DistError('bad_request', 'the key is no Ed25519 public key (SPKI, DER, base64)')
}

const nameRule = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/

/** Node names are part of file names and of commands. */
export function assertNodeName(name: string): void {
  if (nameRule.test(name)) return
  throw new DistError('bad_request', `${JSON.stringify(name.slice(0, 100))} cannot be the name of a node`, {
    hint: 'letters, digits, dot, dash and underscore, at most 63, beginning with a letter or digit: dist-agent --name',
  })
}
