// Branded ids, so that a job id cannot be passed where an attempt id is meant.

declare const brand: unique symbol
type Brand<T, B extends string> = T & { readonly [brand]: B }

/** Row number of a jobset at the head. */
export type JobsetId = Brand<number, 'JobsetId'>
/** Random name of a jobset (16 hex digits), unique across heads: names its workspace on a node. */
export type JobsetUid = Brand<string, 'JobsetUid'>
/** Row number of a job at the head. */
export type JobId = Brand<number, 'JobId'>
/** 32 hex digits, 80 bits of them random (server/security/attempt-id.ts): the only fencing token of an execution (durability.md 2). A build has one too. */
export type AttemptId = Brand<string, 'AttemptId'>
/** Random name of a node (12 hex digits), given at enrolment. */
export type NodeId = Brand<string, 'NodeId'>
/** Lower-case hex SHA-256 of a content, 64 digits. */
export type Sha256 = Brand<string, 'Sha256'>

const hex32 = /^[0-9a-f]{32}$/
const hex64 = /^[0-9a-f]{64}$/

/** True for 32 lower-case hex digits. */
export function isAttemptId(text: string): text is AttemptId {
  return hex32.test(text)
}

/** True for 64 lower-case hex digits. */
export function isSha256(text: string): text is Sha256 {
  return hex64.test(text)
}
