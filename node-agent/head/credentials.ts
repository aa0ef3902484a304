// How the agent's gRPC channel is secured, in one place. TLS comes with the head's certificate authority; until then
// the head binds only loopback unless its operator says otherwise.
import { type ChannelCredentials, credentials } from '@grpc/grpc-js'

export function channelCredentials(): ChannelCredentials {
  return credentials.createInsecure()
}
