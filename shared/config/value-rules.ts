// Rules for values that end up in a command, an environment or a bind: what is wrong with one, or null. Used by the
// reader of jobset files and by the head, which other clients than ours may talk to.

/** A variable that a jobset sets. */
export function variableProblem(name: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `'${name}' cannot be the name of a variable`
  return name.startsWith('DIST_') ? 'names that begin with DIST_ are set by dist' : null
}

/** A path inside a container that a folder is bound to. */
export function mountProblem(mount: string): string | null {
  if (!mount.startsWith('/')) return `'${mount}' is not absolute`
  if (plainMount(mount) === '/') return 'the whole container cannot be bound'
  if (mount.split('/').includes('..')) return `'${mount}' has the part '..'`
  // apptainer separates binds with ',' and their parts with ':'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return /[:,\\\u0000-\u001f]/.test(mount) ? `'${mount}' has a character that a bind cannot have` : null
}

/** Two mounts are the same when this is. */
export function plainMount(mount: string): string {
  return mount.replaceAll(/\/+/g, '/').replace(/(?<=.)\/$/, '')
}

/** Not an option of git, nor an `ext::` that runs a command. */
export function repositoryProblem(url: string): string | null {
  const good = /^((https?|ssh|git|file):\/\/(?!-)|[\w.][\w.-]*@[\w.][\w.-]*:(?!-)|\/)[^\s\0]+$/.test(url)
  return good ? null : `'${url}' is no address of a repository`
}

export function refProblem(ref: string): string | null {
  return /^[\w.@+][\w./@+-]*$/.test(ref) && !ref.includes('..') ? null : `'${ref}' is no branch, tag or commit`
}

export function archiveProblem(url: string): string | null {
  return /^https?:\/\/[^\s\0]+$/.test(url) ? null : `'${url}' is no address of a file`
}

/** Text that becomes an argument or a variable. */
export function hasNul(text: string): boolean {
  return text.includes('\0')
}
