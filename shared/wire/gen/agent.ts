import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { AgentClient as _dist_AgentClient, AgentDefinition as _dist_AgentDefinition } from './dist/Agent.ts';
import type { AgentFrame as _dist_AgentFrame, AgentFrame__Output as _dist_AgentFrame__Output } from './dist/AgentFrame.ts';
import type { Assign as _dist_Assign, Assign__Output as _dist_Assign__Output } from './dist/Assign.ts';
import type { Build as _dist_Build, Build__Output as _dist_Build__Output } from './dist/Build.ts';
import type { BuildReport as _dist_BuildReport, BuildReport__Output as _dist_BuildReport__Output } from './dist/BuildReport.ts';
import type { Challenge as _dist_Challenge, Challenge__Output as _dist_Challenge__Output } from './dist/Challenge.ts';
import type { Drain as _dist_Drain, Drain__Output as _dist_Drain__Output } from './dist/Drain.ts';
import type { Finished as _dist_Finished, Finished__Output as _dist_Finished__Output } from './dist/Finished.ts';
import type { Goodbye as _dist_Goodbye, Goodbye__Output as _dist_Goodbye__Output } from './dist/Goodbye.ts';
import type { HeadFrame as _dist_HeadFrame, HeadFrame__Output as _dist_HeadFrame__Output } from './dist/HeadFrame.ts';
import type { Held as _dist_Held, Held__Output as _dist_Held__Output } from './dist/Held.ts';
import type { Hello as _dist_Hello, Hello__Output as _dist_Hello__Output } from './dist/Hello.ts';
import type { InputFile as _dist_InputFile, InputFile__Output as _dist_InputFile__Output } from './dist/InputFile.ts';
import type { Jobset as _dist_Jobset, Jobset__Output as _dist_Jobset__Output } from './dist/Jobset.ts';
import type { NodeInfo as _dist_NodeInfo, NodeInfo__Output as _dist_NodeInfo__Output } from './dist/NodeInfo.ts';
import type { Order as _dist_Order, Order__Output as _dist_Order__Output } from './dist/Order.ts';
import type { OutputFile as _dist_OutputFile, OutputFile__Output as _dist_OutputFile__Output } from './dist/OutputFile.ts';
import type { Reject as _dist_Reject, Reject__Output as _dist_Reject__Output } from './dist/Reject.ts';
import type { Returned as _dist_Returned, Returned__Output as _dist_Returned__Output } from './dist/Returned.ts';
import type { SaveRules as _dist_SaveRules, SaveRules__Output as _dist_SaveRules__Output } from './dist/SaveRules.ts';
import type { Source as _dist_Source, Source__Output as _dist_Source__Output } from './dist/Source.ts';
import type { Started as _dist_Started, Started__Output as _dist_Started__Output } from './dist/Started.ts';
import type { Usage as _dist_Usage, Usage__Output as _dist_Usage__Output } from './dist/Usage.ts';
import type { Verdict as _dist_Verdict, Verdict__Output as _dist_Verdict__Output } from './dist/Verdict.ts';
import type { Welcome as _dist_Welcome, Welcome__Output as _dist_Welcome__Output } from './dist/Welcome.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  dist: {
    Agent: SubtypeConstructor<typeof grpc.Client, _dist_AgentClient> & { service: _dist_AgentDefinition }
    AgentFrame: MessageTypeDefinition<_dist_AgentFrame, _dist_AgentFrame__Output>
    Assign: MessageTypeDefinition<_dist_Assign, _dist_Assign__Output>
    Build: MessageTypeDefinition<_dist_Build, _dist_Build__Output>
    BuildReport: MessageTypeDefinition<_dist_BuildReport, _dist_BuildReport__Output>
    Challenge: MessageTypeDefinition<_dist_Challenge, _dist_Challenge__Output>
    Drain: MessageTypeDefinition<_dist_Drain, _dist_Drain__Output>
    Finished: MessageTypeDefinition<_dist_Finished, _dist_Finished__Output>
    Goodbye: MessageTypeDefinition<_dist_Goodbye, _dist_Goodbye__Output>
    HeadFrame: MessageTypeDefinition<_dist_HeadFrame, _dist_HeadFrame__Output>
    Held: MessageTypeDefinition<_dist_Held, _dist_Held__Output>
    Hello: MessageTypeDefinition<_dist_Hello, _dist_Hello__Output>
    InputFile: MessageTypeDefinition<_dist_InputFile, _dist_InputFile__Output>
    Jobset: MessageTypeDefinition<_dist_Jobset, _dist_Jobset__Output>
    NodeInfo: MessageTypeDefinition<_dist_NodeInfo, _dist_NodeInfo__Output>
    Order: MessageTypeDefinition<_dist_Order, _dist_Order__Output>
    OutputFile: MessageTypeDefinition<_dist_OutputFile, _dist_OutputFile__Output>
    Reject: MessageTypeDefinition<_dist_Reject, _dist_Reject__Output>
    Returned: MessageTypeDefinition<_dist_Returned, _dist_Returned__Output>
    SaveRules: MessageTypeDefinition<_dist_SaveRules, _dist_SaveRules__Output>
    Source: MessageTypeDefinition<_dist_Source, _dist_Source__Output>
    Started: MessageTypeDefinition<_dist_Started, _dist_Started__Output>
    Usage: MessageTypeDefinition<_dist_Usage, _dist_Usage__Output>
    Verdict: MessageTypeDefinition<_dist_Verdict, _dist_Verdict__Output>
    Welcome: MessageTypeDefinition<_dist_Welcome, _dist_Welcome__Output>
  }
}

