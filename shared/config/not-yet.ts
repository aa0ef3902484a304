// What the jobset file's reader knows, checks and still refuses, because nothing behind it does it. One word leaves
// this list when its feature works from the file to the node.

/** Keys of the top level, of `initialize` and of a job: refused where they stand, without a look at what is in them. */
const notYetKeys: readonly string[] = ['canary', 'notify', 'sandbox']

/**
 * Blocks that are read and checked whole, and refused at the end (parse-jobset.ts). The head does not run searches yet: taking
 * the word `search` out is all that the jobset file needs when it does.
 */
const notYetBlocks: readonly string[] = ['search']

export const notYet: ReadonlySet<string> = new Set([...notYetKeys, ...notYetBlocks])
