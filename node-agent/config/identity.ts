// Who this node is: agent.key (Ed25519, 0600, synced before anybody hears of it) and agent.json (node id and the head's
// addresses), both in the work folder. A restart needs nothing else.
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DistError, errorMessage, systemCode } from '../../shared/base/errors.ts'
import { writeAtomic } from '../../shared/files/atomic.ts'

export interface Membership {
  readonly node: string
  /** HTTP address of the head */
  readonly head: string
  /** HOST:PORT as the head gave it; an empty host means the host of `head` */
  readonly grpc: string
  readonly headId: string
}

export class NodeKey {
  readonly #key: KeyObject

  private constructor(key: KeyObject) {
    this.#key = key
  }

  /** Reads the key, or makes it; when this returns it is on disk. */
  static open(work: string): NodeKey {
    const path = join(work, 'agent.key')
    const text = readOrNull(path)
    if (text !== null) {
      try {
        return new NodeKey(createPrivateKey(text))
      } catch (cause) {
        const hint = 'restore it, or remove it and join again with a new code'
        throw new DistError('data_folder', `${path} is no private key`, { hint, cause })
      }
    }
    const { privateKey } = generateKeyPairSync('ed25519')
    writeAtomic(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600)
    return new NodeKey(privateKey)
  }

  /** SPKI DER, base64. */
  publicKey(): string {
    return createPublicKey(this.#key).export({ type: 'spki', format: 'der' }).toString('base64')
  }

  sign(data: Buffer): Buffer {
    return sign(null, data, this.#key)
  }
}

/** null when this work folder never joined a head. */
export function readMembership(work: string): Membership | null {
  const path = join(work, 'agent.json')
  const text = readOrNull(path)
  if (text === null) return null
  try {
    const value = JSON.parse(text) as Record<string, unknown>
    const { node, head, grpc, headId } = value
    if ([node, head, grpc, headId].every((item) => typeof item === 'string')) return value as unknown as Membership
  } catch {
    // told below
  }
  throw new DistError('data_folder', `${path} is damaged`, { hint: 'remove it and join again with a new code (dist node invite)' })
}

export function writeMembership(work: string, membership: Membership): void {
  writeAtomic(join(work, 'agent.json'), `${JSON.stringify(membership, null, 2)}\n`)
}

/** The address to dial. */
export function grpcAddress(membership: Membership): string {
  const cut = membership.grpc.lastIndexOf(':')
  const host = membership.grpc.slice(0, cut)
  const free = host === '' || host === '0.0.0.0' || host === '[::]'
  return free ? `${new URL(membership.head).hostname}${membership.grpc.slice(cut)}` : membership.grpc
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw new DistError('data_folder', `cannot read ${path}: ${errorMessage(error)}`, {
      hint: 'check the owner of the work folder',
      cause: error,
    })
  }
}
