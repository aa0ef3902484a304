// Original file: proto/agent.proto
// Original file: proto/agent.proto
export const _dist_Verdict_Kind = {
    KEEP: 'KEEP',
    STOP: 'STOP',
    SEND: 'SEND',
    FORGET: 'FORGET',
};
//# sourceMappingURL=Verdict.js.map