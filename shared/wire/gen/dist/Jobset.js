// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Jobset.js.map