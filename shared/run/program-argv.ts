// What is started for a job or a build (node.md 3 and 10, jobset.md Kinds), without the core count and the job's arguments
// that follow. The same on a node and in a bundle for a cluster. Pure.

export type Program =
  /** W/job.py */
  | { readonly kind: 'python' }
  | { readonly kind: 'shell'; readonly command: string }
  | {
      readonly kind: 'apptainer'
      /** the program: apptainer, or singularity */
      readonly container: string
      /** GPUs of the host are seen inside */
      readonly nv: boolean
      /** value of --bind */
      readonly binds: string
      /** path of the image */
      readonly image: string
    }

export function programArgv(program: Program): string[] {
  switch (program.kind) {
    case 'python':
      return ['python3', './job.py']
    case 'shell':
      return shell(program.command)
    case 'apptainer':
      return [program.container, 'run', ...(program.nv ? ['--nv'] : []), '--app', 'distribute', '--bind', program.binds, program.image]
  }
}

export function buildProgram(program: Exclude<Program, { kind: 'apptainer' }>): string[] {
  return program.kind === 'python' ? ['python3', './build.py'] : shell(program.command)
}

/** `sh` is $0, so that the core count is $1 */
function shell(command: string): string[] {
  return ['/bin/sh', '-eu', '-c', command, 'sh']
}
