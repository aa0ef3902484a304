// Original file: proto/agent.proto
export {};
//# sourceMappingURL=BuildReport.js.map