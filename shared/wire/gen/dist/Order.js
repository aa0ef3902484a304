// Original file: proto/agent.proto
// Original file: proto/agent.proto
export const _dist_Order_Kind = {
    DROP: 'DROP',
    STOP: 'STOP',
};
//# sourceMappingURL=Order.js.map