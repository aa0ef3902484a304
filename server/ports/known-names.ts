// Whether a name in the data folder is one of ours. Implemented by store/reads; used by verify and gc.
export interface KnownNames {
  jobset(namespace: string, batch: string): number | null
  /** attempt whose files belong into the job's folder */
  committed(jobset: number, job: string): string | null
  /** attempt whose files belong into `.attempts/<job>/<mark>` */
  attempt(jobset: number, job: string, mark: string): string | null
  /** something of a build on this node is kept */
  build(jobset: number, node: string): boolean
  /** some result still lies in this pack */
  pack(pack: number): boolean
  blob(sha256: string): boolean
}
