// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Build.js.map