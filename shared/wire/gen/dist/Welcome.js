// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Welcome.js.map