// Loads proto/agent.proto for both ends of the Session: the head serves it, the agent dials it.
// Generated types stop here and in the converters beside the callers; regenerate with `npm run gen`.
import { join } from 'node:path'
import * as grpc from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'
import { packageRoot } from '../base/package-info.ts'
import type { ProtoGrpcType } from './gen/agent.ts'

/** Grows when a peer of the version before could misunderstand us. Sent in Challenge and Hello. */
export const protocolVersion = 2

/** What the agent signs: this text, then the nonce of the challenge. */
export const helloContext = 'dist-agent-hello\0'

/** Limits of one frame (architecture.md 1): larger lists pass gRPC's 4 MiB receive limit and kill the session. */
export const frameItems = 100
export const frameBytes = 256 * 1024

/** Seconds: heartbeats go both ways at this pace, and a session without any frame for `silenceSeconds` is over. */
export const heartbeatSeconds = 5
export const silenceSeconds = 15

/** Options that both ends need alike; the receive limit stays at gRPC's default of 4 MiB. */
export const channelOptions: grpc.ChannelOptions = {
  'grpc.keepalive_permit_without_calls': 1,
  'grpc.initial_reconnect_backoff_ms': 500,
  'grpc.max_reconnect_backoff_ms': 5000,
  'grpc.enable_retries': 0,
}

/** Client constructor and service definition. Lists are never undefined, absent messages are null. */
export function loadAgentService(): ProtoGrpcType['dist']['Agent'] {
  const definition = loadSync(join(packageRoot(), 'proto', 'agent.proto'), {
    keepCase: true,
    longs: Number,
    enums: String,
    arrays: true,
    defaults: true,
    oneofs: true,
  })
  return (grpc.loadPackageDefinition(definition) as unknown as ProtoGrpcType).dist.Agent
}
