// Original file: proto/agent.proto
export {};
//# sourceMappingURL=AgentFrame.js.map