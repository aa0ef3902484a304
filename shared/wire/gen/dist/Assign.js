// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Assign.js.map