// Every message between agent, launcher and keeper (docs/keeper-protocol.md), as types. The agent builds orders and
// reads reports; the launcher passes lists on and speaks only its own few.
export {};
//# sourceMappingURL=messages.js.map