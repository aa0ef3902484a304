// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Challenge.js.map