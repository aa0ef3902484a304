// Original file: proto/agent.proto
export {};
//# sourceMappingURL=HeadFrame.js.map