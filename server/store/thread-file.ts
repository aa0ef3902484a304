// Where a worker thread's entry file lies: threads run from source under a loader in development, from build/ otherwise.

/** `name` without its ending, in this folder. */
export function threadFile(name: string): URL {
  return new URL(`./${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
}
