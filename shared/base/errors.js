// The one error class that crosses our borders: a stable code, what happened, what to do about it.
// Codes are listed once, in error-codes.ts, and documented in docs/errors.md (a test compares them).
import { errorCodes } from './error-codes.js';
export class DistError extends Error {
    code;
    hint;
    ids;
    constructor(code, message, details = {}) {
        super(message, details.cause === undefined ? undefined : { cause: details.cause });
        this.name = 'DistError';
        this.code = code;
        this.hint = details.hint;
        this.ids = details.ids ?? {};
    }
    /** HTTP status that stands for this error. */
    get status() {
        return errorCodes[this.code].status;
    }
}
/** Text of anything that was thrown. */
export function errorMessage(error) {
    return error instanceof Error ? error.message : String(error);
}
/** `code` of a Node system error (`ENOSPC`, `ECONNREFUSED`, …) or undefined. */
export function systemCode(error) {
    if (typeof error !== 'object' || error === null || !('code' in error))
        return undefined;
    return typeof error.code === 'string' ? error.code : undefined;
}
//# sourceMappingURL=errors.js.map