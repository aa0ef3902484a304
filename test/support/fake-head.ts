// A head that does what a test says, behind real sockets: enrolment, blobs, results and live logs over node:http, the
// Session over gRPC. It commits what it gets (answers FORGET) unless told not to.
import { randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as grpc from '@grpc/grpc-js'
import { sha256 } from '../../shared/files/digest.ts'
import type { InputFile } from '../../shared/model/jobset.ts'
import type { Assign } from '../../shared/wire/gen/dist/Assign.ts'
import type { Finished__Output } from '../../shared/wire/gen/dist/Finished.ts'
import type { Jobset } from '../../shared/wire/gen/dist/Jobset.ts'
import { loadAgentService } from '../../shared/wire/session.ts'
import { FakeHttp } from './fake-http.ts'
import { FakeSession } from './fake-session.ts'

export interface FakeFile {
  readonly name: string
  readonly content: string | Buffer
  readonly mode?: number
}

export class FakeHead {
  readonly http = new FakeHttp()
  readonly sessions: FakeSession[] = []
  /** every result that was told, in order; a resend is told again */
  readonly finished: Finished__Output[] = []
  readonly events = new EventEmitter()
  /** answer FORGET to results, SEND to finished and KEEP to other things in an inventory */
  commits = true
  #httpServer: HttpServer | null = null
  #grpcServer: grpc.Server | null = null
  #httpPort = 0
  #grpcPort = 0

  get url(): string {
    return `http://127.0.0.1:${this.#httpPort}`
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => this.http.handle(request, response))
    this.#httpServer = server
    server.listen(this.#httpPort, '127.0.0.1')
    await once(server, 'listening')
    this.#httpPort = (server.address() as AddressInfo).port
    this.http.changed = () => this.events.emit('change')
    await this.startGrpc()
  }

  /** Also after stopGrpc: listens on the same port again. */
  async startGrpc(): Promise<void> {
    const server = new grpc.Server()
    server.addService(loadAgentService().service, {
      Session: (call: ConstructorParameters<typeof FakeSession>[0]) => {
        this.sessions.push(new FakeSession(call, this))
        this.events.emit('change')
      },
    })
    this.#grpcPort = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.#grpcPort}`, grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(port)
        else reject(error)
      })
    })
    this.#grpcServer = server
    this.http.grpc = `:${this.#grpcPort}`
  }

  stopGrpc(): void {
    this.#grpcServer?.forceShutdown()
    this.#grpcServer = null
  }

  async stop(): Promise<void> {
    this.stopGrpc()
    this.#httpServer?.closeAllConnections()
    await new Promise((resolve) => this.#httpServer?.close(resolve))
  }

  /** The session that stands now; waits for one. */
  async session(): Promise<FakeSession> {
    return await this.until(() => this.sessions.findLast((session) => session.open) ?? null, 'a session')
  }

  /** Resolves with what `look` finds; looks again whenever something arrived. */
  async until<T>(look: () => T | null | undefined | false, what: string, seconds = 30): Promise<T> {
    const deadline = AbortSignal.timeout(seconds * 1000)
    for (;;) {
      const found = look()
      if (found !== null && found !== undefined && found !== false) return found
      try {
        await once(this.events, 'change', { signal: deadline })
      } catch {
        throw new Error(`${what} did not come within ${seconds} s`)
      }
    }
  }

  async result(id: string, seconds = 30): Promise<Finished__Output> {
    return await this.until(() => this.finished.find((item) => item.attempt_id === id), `the result of ${id}`, seconds)
  }

  /** Keeps a content as a blob. */
  file({ name, content, mode = 0o644 }: FakeFile): InputFile {
    const data = Buffer.from(content)
    const hash = sha256(data)
    this.http.blobs.set(hash, data)
    return { name, sha256: hash, size: data.length, mode }
  }

  jobset(options: { build?: string; files?: readonly FakeFile[] }): Jobset & { uid: string } {
    return {
      uid: newId(8),
      namespace: 'anna',
      batch_name: 'sweep',
      kind: 'python',
      build_file: options.build === undefined ? null : wire(this.file({ name: 'make_it.py', content: options.build })),
      files: (options.files ?? []).map((file) => wire(this.file(file))),
    }
  }

  job(
    uid: string,
    script: string,
    options: { name?: string; files?: readonly FakeFile[]; cores?: number; slot?: number } = {},
  ): Assign & { attempt_id: string } {
    return {
      attempt_id: newId(16),
      jobset_uid: uid,
      job_name: options.name ?? 'job_1',
      cores: options.cores ?? 1,
      slot: options.slot ?? 0,
      number: 1,
      script: wire(this.file({ name: 'execute_job.py', content: script })),
      files: (options.files ?? []).map((file) => wire(this.file(file))),
    }
  }

  /** Tells a jobset, has it built, and resolves with the result of the build. */
  async build(session: FakeSession, jobset: Jobset & { uid: string }, cores = 1, slot = 0): Promise<Finished__Output> {
    const id = newId(16)
    session.send({ jobsets: [jobset], builds: [{ build_id: id, jobset_uid: jobset.uid, cores, slot }] })
    return await this.result(id)
  }
}

export function newId(bytes: number): string {
  return randomBytes(bytes).toString('hex')
}

function wire(file: InputFile) {
  return { name: file.name, sha256: Buffer.from(file.sha256, 'hex'), size: file.size, mode: file.mode }
}
