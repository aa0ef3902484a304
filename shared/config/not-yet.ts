// What the jobset file's reader knows, checks and still refuses, because nothing behind it does it. One word leaves
// this list when its feature works from the file to the node.

/** Keys of the top level, of `initialize` and of a job: refused where they stand, without a look at what is in them. */
export const notYet: ReadonlySet<string> = new Set(['canary', 'notify', 'sandbox'])
