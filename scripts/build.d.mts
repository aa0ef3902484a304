// Types of build.mjs for tests in TypeScript.
export function buildIsFresh(): boolean
export function build(): void
