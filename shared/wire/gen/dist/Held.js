// Original file: proto/agent.proto
// Original file: proto/agent.proto
export const _dist_Held_State = {
    AHEAD: 'AHEAD',
    RUNNING: 'RUNNING',
    FINISHED: 'FINISHED',
};
//# sourceMappingURL=Held.js.map