// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Returned.js.map