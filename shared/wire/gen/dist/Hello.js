// Original file: proto/agent.proto
export {};
//# sourceMappingURL=Hello.js.map