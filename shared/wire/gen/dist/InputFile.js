// Original file: proto/agent.proto
export {};
//# sourceMappingURL=InputFile.js.map