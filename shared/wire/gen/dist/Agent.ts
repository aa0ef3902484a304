// Original file: proto/agent.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AgentFrame as _dist_AgentFrame, AgentFrame__Output as _dist_AgentFrame__Output } from '../dist/AgentFrame.ts';
import type { HeadFrame as _dist_HeadFrame, HeadFrame__Output as _dist_HeadFrame__Output } from '../dist/HeadFrame.ts';

export interface AgentClient extends grpc.Client {
  Session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_dist_AgentFrame, _dist_HeadFrame__Output>;
  Session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_dist_AgentFrame, _dist_HeadFrame__Output>;
  session(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_dist_AgentFrame, _dist_HeadFrame__Output>;
  session(options?: grpc.CallOptions): grpc.ClientDuplexStream<_dist_AgentFrame, _dist_HeadFrame__Output>;
  
}

export interface AgentHandlers extends grpc.UntypedServiceImplementation {
  Session: grpc.handleBidiStreamingCall<_dist_AgentFrame__Output, _dist_HeadFrame>;
  
}

export interface AgentDefinition extends grpc.ServiceDefinition {
  Session: MethodDefinition<_dist_AgentFrame, _dist_HeadFrame, _dist_AgentFrame__Output, _dist_HeadFrame__Output>
}
