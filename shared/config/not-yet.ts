// What the jobset file's reader knows, checks and still refuses, because nothing behind it does it. One word leaves
// this list when its feature works from the file to the node.

/** Kinds of jobsets. */
const notYetKinds: readonly string[] = ['search']

/** Keys of the top level, of `initialize` and of a job. */
const notYetKeys: readonly string[] = ['canary', 'notify', 'sandbox']

export const notYet: ReadonlySet<string> = new Set([...notYetKinds, ...notYetKeys])
