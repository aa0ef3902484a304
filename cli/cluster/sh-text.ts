// Text inside the sh scripts of a bundle. Pure.

/** One word of a shell command, whatever is in it. */
export function shWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}

/** One value of an assignment: always quoted, so that a column of them reads well. */
export function shValue(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
