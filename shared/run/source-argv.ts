// A build whose code comes from elsewhere: python/fetch_source.py fetches it into the workspace and then becomes the
// build, all under the keeper, so that it can be stopped and what it says is in the build's output.
import { join } from 'node:path'
import { packageRoot } from '../base/package-info.ts'
import type { Source } from '../model/jobset.ts'

/** The program that fetches, as it lies in this package. */
export function sourceProgram(): string {
  return join(packageRoot(), 'python', 'fetch_source.py')
}

/** `build`: the build's own argv, may be empty. Nothing of the source is ever part of a command line for a shell. */
export function sourceArgv(source: Source, build: readonly string[], program = sourceProgram()): string[] {
  const fetcher = ['python3', '-I', program]
  switch (source.kind) {
    case 'git':
      return [...fetcher, 'git', source.url, source.ref ?? '', source.submodules ? 'submodules' : '', ...build]
    case 'archive':
      return [...fetcher, 'archive', source.url, source.sha256, '', ...build]
  }
}
