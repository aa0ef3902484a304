// Characters that steer a terminal or end a line where a name is expected. Called where names and paths of others are checked.

/** An ASCII control character. The later ones (C1) are looked for with `\p{Cc}`, where text is shown. */
export function hasControl(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u001f\u007f]/.test(text)
}
