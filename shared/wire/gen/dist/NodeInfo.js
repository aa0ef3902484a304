// Original file: proto/agent.proto
export {};
//# sourceMappingURL=NodeInfo.js.map