// Matrix user ids, as meta.matrix wants them: `@name:server`. Source: Matrix specification, appendices, 4.2 and 4.1
// (historical names included: printable ASCII but ':').

const name = '[\\x21-\\x39\\x3b-\\x7e]*'
const server = '(\\[[0-9A-Fa-f:.]{2,45}\\]|[0-9A-Za-z.-]{1,255})(:[0-9]{1,5})?'
const rule = new RegExp(`^@${name}:${server}$`)

/** What is wrong with a Matrix user id, or null. */
export function matrixIdProblem(text: string): string | null {
  if (text.length > 255) return 'a Matrix user id has at most 255 characters'
  return rule.test(text) ? null : `'${text}' is no Matrix user id`
}
