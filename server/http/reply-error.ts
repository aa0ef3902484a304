// Anything thrown while answering -> status and `{error: {code, message, hint, ids}}`. What is not meant for the client
// (stack, paths, statements) goes to the log only.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { DistError, errorMessage, isDiskFull, systemCode } from '../../shared/base/errors.ts'
import type { HttpLog } from './deps.ts'

/** Sends the error; for the error handler of fastify. */
export function replyError(log: HttpLog, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = asDistError(error)
  if (known.code === 'bug') {
    const route = request.routeOptions.url ?? 'no route'
    log.error({ err: error, method: request.method, route }, `answering failed: ${errorMessage(error)}`)
  }
  void reply.code(known.status).headers(known.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {})
  void reply.type('application/json').send(JSON.stringify(errorBody(known)))
}

export function errorBody(error: DistError): object {
  const message = error.code === 'bug' ? 'something went wrong on the head' : error.message
  const hint = error.code === 'bug' ? 'its log has the details' : error.hint
  const ids = Object.keys(error.ids).length > 0 && error.code !== 'bug' ? { ids: error.ids } : {}
  return { error: { code: error.code, message, ...(hint === undefined ? {} : { hint }), ...ids } }
}

/** What fastify, the system or a handler threw, as one of our errors. */
export function asDistError(error: unknown): DistError {
  if (error instanceof DistError) return error
  const code = systemCode(error) ?? ''
  if (isDiskFull(error)) {
    return new DistError('disk_full', "the disk of the head's data folder is full", {
      hint: 'free space on it, then send it again: what arrived is kept',
      cause: error,
    })
  }
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return new DistError('unavailable', 'the connection broke', { cause: error })
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new DistError('too_large', 'the body of the request is too large')
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new DistError('bad_request', 'this content type is not taken here')
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new DistError('bad_request', `not a request that can be read: ${errorMessage(error)}`)
  }
  if (error instanceof DOMException && error.name === 'AbortError') return new DistError('unavailable', `broken off: ${error.message}`)
  return new DistError('bug', errorMessage(error), { cause: error })
}
