// Names below results/: where the files of a job, of another attempt and of a build end (node.md 2 and 5, durability.md 6).

export interface BatchName {
  readonly namespace: string
  readonly batch: string
}

/** Folder of a job's committed result. */
export function jobFolder(of: BatchName, job: string): string {
  return `${of.namespace}/${of.batch}/${job}`
}

/** Folder of an attempt that is not the job's result; `mark` is its number, or its id when it never started. */
export function attemptFolder(of: BatchName, job: string, mark: string): string {
  return `${of.namespace}/${of.batch}/.attempts/${job}/${mark}`
}

/** What a build left in distribute_save. */
export function buildFolder(of: BatchName, node: string): string {
  return `${of.namespace}/${of.batch}/.builds/${node}`
}

/** Output of a build; the document's name. */
export function buildOutputFile(of: BatchName, node: string): string {
  return `${of.namespace}/${of.batch}/${of.batch}_build_output-${node}.txt`
}
