// Options of mpiexec and mpirun that name hosts, in commands written for a cluster's queue. A trial has one node, which is where it
// runs: the list says nothing there, and not every MPI knows every spelling of it (Open MPI stops at -hosts). Pure.

const option = /\s(?:--?hosts?|-H)(?:\s+|=)(?:\$\([^()]*\)|`[^`]*`|"[^"]*"|'[^']*'|[^\s;|&]+)/

/** The command without them, and what was left out. Only between the program and what ends its command are they looked for. */
export function withoutHostLists(command: string): { readonly command: string; readonly left: readonly string[] } {
  const left: string[] = []
  const shown = command.replace(/\b(?:mpiexec|mpirun|orterun)\b[^;|&\n]*/g, (call) => {
    const found = option.exec(call)
    if (found === null) return call
    left.push(found[0].trim())
    return call.slice(0, found.index) + call.slice(found.index + found[0].length)
  })
  return { command: shown, left }
}
