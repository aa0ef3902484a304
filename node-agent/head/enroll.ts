// Joining: trades the code and our public key for a node id, once. The same key gets the same answer again, so a lost
// answer is asked for again.
import { DistError } from '../../shared/base/errors.ts'
import { HttpClient } from '../../shared/net/http.ts'
import { mayRetry } from './consequence.ts'
import { pauseBeforeRetry } from './pause.ts'

export interface Enrolment {
  readonly node: string
  /** HOST:PORT; an empty host means the host of the HTTP address */
  readonly grpc: string
  /** the head's id */
  readonly head: string
}

export interface EnrolRequest {
  readonly code: string
  /** SPKI DER, base64 */
  readonly key: string
  readonly name: string
  readonly version: string
}

/** Waits for a head that is not up yet; rejects when the head refuses the code. */
export async function enroll(
  base: string,
  request: EnrolRequest,
  log: { warn(message: string): void },
  signal: AbortSignal,
): Promise<Enrolment> {
  const http = new HttpClient({ base, token: () => null, userAgent: `dist-agent/${request.version}` })
  try {
    for (let tries = 0; ; tries++) {
      try {
        return checked(await http.json<unknown>({ method: 'POST', path: '/enroll', body: request, signal }))
      } catch (error) {
        if (!mayRetry(error) || (error instanceof DistError && error.code === 'unauthenticated')) throw error
        if (tries === 0) log.warn(`cannot join yet: ${error instanceof Error ? error.message : String(error)}; trying again`)
      }
      await pauseBeforeRetry(tries, signal)
    }
  } finally {
    http.close()
  }
}

function checked(reply: unknown): Enrolment {
  if (typeof reply === 'object' && reply !== null && 'node' in reply && 'grpc' in reply && 'head' in reply) {
    const { node, grpc, head } = reply
    if (typeof node === 'string' && typeof grpc === 'string' && typeof head === 'string') return { node, grpc, head }
  }
  throw new DistError('version', 'the head answered the enrolment in a way that this agent does not understand', {
    hint: 'install the same version of dist on both',
  })
}
