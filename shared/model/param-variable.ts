// How a parameter is named in a job's environment. Used by the reader of jobset files, which refuses two names that meet,
// and where the environment is made.

/** `reynolds-number` -> `DIST_PARAM_REYNOLDS_NUMBER`: upper case, every other character `_`. */
export function paramVariable(name: string): string {
  return `DIST_PARAM_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`
}
