// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Reject.js.map