// Branded ids, so that a job id cannot be passed where an attempt id is meant.
const hex32 = /^[0-9a-f]{32}$/;
const hex64 = /^[0-9a-f]{64}$/;
/** True for 32 lower-case hex digits. */
export function isAttemptId(text) {
    return hex32.test(text);
}
/** True for 64 lower-case hex digits. */
export function isSha256(text) {
    return hex64.test(text);
}
//# sourceMappingURL=ids.js.map