// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Started.js.map