// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Agent.js.map