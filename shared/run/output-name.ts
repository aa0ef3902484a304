// The name of what a job printed, among what it saved (node.md 5). The same on a node and for what comes back from a cluster.

const names = ['stdout.txt', 'stdout.dist.txt', 'stdout.dist.2.txt', 'stdout.dist.3.txt']

/** `paths`: of everything that the job saved. The first name that it did not use itself, and what to say if that is not the usual one. */
export function outputNameFor(paths: Iterable<string>): { readonly name: string; readonly notice: string | null } {
  const used = new Set<string>()
  for (const path of paths) used.add(path.split('/', 1)[0] ?? '')
  const [usual = 'stdout.txt'] = names
  const name = names.find((candidate) => !used.has(candidate)) ?? 'stdout.dist.last.txt'
  return { name, notice: name === usual ? null : `the job saved its own ${usual}; what it printed is in ${name}` }
}
