// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Goodbye.js.map