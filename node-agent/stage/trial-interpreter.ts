// Which Python runs a trial, where its command leaves no doubt: a look at another one would stop a search that works, or send it
// what it does not read. Used by trial-start.ts.

const option = /--?g?(?:mca|env)\s+\S+\s+\S+|-\S+(?:\s+[^\s-]\S*)?/
const launcher = String.raw`(?:\S*/)?(?:mpiexec|mpirun|srun)(?:\s+(?:${option.source}))*\s+`
const program = new RegExp(String.raw`^\s*(?:exec\s+)?(?:${launcher})?((?:[\w./~\${}@+:-]*/)?(?:python[\d.]*|nrniv))(?=\s|$)`)
/** What follows may run in another environment. `2>&1` is none of these. */
const severalCommands = /[;\n]|\|\||&(?!\d)/

/** A word of the shell; empty where only the shell knows. Null is the script of a jobset. */
export function interpreterOf(command: string | null): string {
  if (command === null) return 'python3'
  const word = severalCommands.test(command.trim()) ? undefined : program.exec(command)?.[1]
  // nrniv has Python in itself: that of the environment in which it was installed
  return word?.endsWith('nrniv') === true ? `"$(dirname "$(command -v ${word})")/python3"` : (word ?? '')
}
