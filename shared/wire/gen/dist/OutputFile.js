// Original file: proto/agent.proto
export {};
//# sourceMappingURL=OutputFile.js.map