// The gRPC server that agents dial. Plain on loopback for now; credentials are made in one place.
import { Server, ServerCredentials } from '@grpc/grpc-js'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { channelOptions, loadAgentService } from '../../shared/wire/session.ts'
import { type Call, Session, type SessionDependencies } from './session.ts'

export interface AgentServer {
  readonly port: number
  /** Ends calls and stops listening. */
  close(): Promise<void>
}

/** Listens on HOST:PORT (port 0 = any). */
export async function startAgentServer(host: string, port: number, deps: SessionDependencies): Promise<AgentServer> {
  const server = new Server({ ...channelOptions, 'grpc.max_connection_idle_ms': 0x7fffffff })
  server.addService(loadAgentService().service, {
    Session: (call: Call) => {
      new Session(call, deps)
    },
  })
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, actual) => {
      if (error === null) resolve(actual)
      else
        reject(
          new DistError('unavailable', `cannot listen for agents on ${address}: ${errorMessage(error)}`, {
            hint: 'choose another port with --grpc',
          }),
        )
    })
  })
  return {
    port: bound,
    close: () =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.forceShutdown(), 1000)
        server.tryShutdown(() => {
          clearTimeout(force)
          resolve()
        })
      }),
  }
}
