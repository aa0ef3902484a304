// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Usage.js.map