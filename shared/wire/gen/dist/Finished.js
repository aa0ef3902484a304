// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Finished.js.map