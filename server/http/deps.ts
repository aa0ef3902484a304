// What the HTTP side is given by app.ts, and what every route's handler gets with a call.
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import type { z } from 'zod'
import type { Route, RouteName, routes } from '../../shared/api/routes.ts'
import type { Clock } from '../../shared/base/clock.ts'
import type { AttemptId, JobId, JobsetId, Sha256 } from '../../shared/model/ids.ts'
import type { AttemptReads } from '../ports/attempt-reads.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { ControlPort } from '../ports/control.ts'
import type { DiskSpace } from '../ports/disk-space.ts'
import type { DraftReads } from '../ports/draft-reads.ts'
import type { EventReads } from '../ports/event-reads.ts'
import type { AttemptGuard, HeadPort } from '../ports/head.ts'
import type { Caller, Identities } from '../ports/identities.ts'
import type { InputReads } from '../ports/input-reads.ts'
import type { JobReads } from '../ports/job-reads.ts'
import type { Ops } from '../ports/ops.ts'
import type { Results, Uploads } from '../ports/results.ts'
import type { SearchPort } from '../ports/searches.ts'
import type { Store } from '../ports/store.ts'
import type { LiveCalls } from './live-calls.ts'
import type { Turns } from './turns.ts'

/** The part of a pino logger that is used here. */
export interface HttpLog {
  debug(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}

/** Committed rows, read without the core. */
export interface HttpReads {
  readonly drafts: DraftReads
  readonly jobs: JobReads
  readonly attempts: AttemptReads
  readonly events: EventReads
  readonly inputs: InputReads
}

export interface HttpDeps {
  readonly head: HeadPort
  readonly control: ControlPort
  readonly searches: SearchPort
  readonly store: Store
  readonly reads: HttpReads
  readonly identities: Identities
  readonly guard: AttemptGuard
  readonly blobs: Blobs
  readonly results: Results
  readonly uploads: Uploads
  readonly space: DiskSpace
  readonly ops: Ops
  readonly clock: Clock
  readonly log: HttpLog
  /** cryptographically random bytes */
  readonly random: (size: number) => Buffer
}

/** Deps plus what the HTTP side makes for itself. */
export interface HttpContext extends HttpDeps {
  readonly calls: LiveCalls
  readonly turns: Turns
}

interface ParamTypes {
  readonly id: string
  readonly draft: string
  readonly jobset: JobsetId
  readonly job: JobId
  readonly attempt: AttemptId
  readonly sha256: Sha256
  /** rest of the path of a route that ends in a star */
  readonly '*': string
}
type ParamsIn<P extends string> = P extends `${string}:${infer Name}/${infer Rest}`
  ? Name | ParamsIn<Rest>
  : P extends `${string}:${infer Name}`
    ? Name
    : P extends '*' | `${string}/*`
      ? '*'
      : never

type Contract<N extends RouteName> = (typeof routes)[N]
type Parsed<R, K extends string> = R extends { readonly [key in K]: infer S extends z.ZodType } ? z.output<S> : undefined

/** One call of a route, checked: the caller may, and params, query and body fit the contract. */
export interface Call<N extends RouteName> {
  readonly caller: Caller
  readonly params: Pick<ParamTypes, ParamsIn<Contract<N>['path']> & keyof ParamTypes>
  readonly query: Parsed<Contract<N>, 'query'>
  readonly body: Parsed<Contract<N>, 'body'>
  /** raw body of a `stream` route */
  readonly stream: Readable
  readonly headers: IncomingHttpHeaders
  /** fires when the client went, its token was revoked, or the head stops */
  readonly signal: AbortSignal
}

/** A raw reply. `length` in bytes when it is known beforehand. */
export interface StreamReply {
  readonly stream: Readable
  readonly length?: number
  readonly headers?: Readonly<Record<string, string>>
}

type Reply<N extends RouteName> = Contract<N> extends { readonly reply: infer S extends z.ZodType } ? z.input<S> : StreamReply
export type Handler<N extends RouteName> = (call: Call<N>) => Promise<Reply<N>> | Reply<N>
export type Handlers<N extends RouteName = RouteName> = { readonly [name in N]: Handler<name> }

/** A handler without its types, as the builder registers them. */
export type AnyHandler = (call: Call<never>) => unknown
export type { Route, RouteName }
