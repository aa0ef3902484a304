// Secrets of people and of join codes: made from random bytes, kept only as SHA-256. They are random and long, so a
// plain hash is enough; slow hashes are for passwords.
import { createHash } from 'node:crypto'

type Random = (size: number) => Buffer

/** 256 bits; the prefix lets scanners and people recognise one. */
export function newToken(random: Random): string {
  return `dist_${random(32).toString('base64url')}`
}

/** 160 bits. The prefix keeps a code from beginning with `-`, which a command line would take for an option. */
export function newJoinCode(random: Random): string {
  return `join_${random(20).toString('base64url')}`
}

export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
