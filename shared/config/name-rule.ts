// The rule for names of namespaces, batches and jobs: each becomes a folder below `results/` and a part of
// selectors like `namespace/batch/job`. Used by the jobset reader, agent settings, and the head at its edge.

const maxNameBytes = 128

/** What is wrong with a name, or null. */
export function nameProblem(name: string): string | null {
  if (name === '') return 'a name must not be empty'
  if (name.includes('/')) return "a name must not contain '/'"
  if (name.includes('\\')) return "a name must not contain '\\'"
  if (name.includes('..')) return "a name must not contain '..'"
  if (name.includes('@')) return "a name must not contain '@'"
  if (name.startsWith('.')) return "a name must not begin with '.'"
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) return 'a name must not contain control characters'
  if (/[\ud800-\udfff]/u.test(name)) return 'a name must not contain half a character'
  if (name === 'logs') return "'logs' is reserved"
  if (Buffer.byteLength(name) > maxNameBytes) return `a name has at most ${maxNameBytes} bytes, this one ${Buffer.byteLength(name)}`
  return null
}

/** The same for a job, which shares its folder with the logs of the build. */
export function jobNameProblem(name: string, batchName: string): string | null {
  const problem = nameProblem(name)
  if (problem !== null) return problem
  const reserved = `${batchName}_build_output-`
  return name.startsWith(reserved) ? `names that begin with '${reserved}' are reserved for the logs of the build` : null
}
