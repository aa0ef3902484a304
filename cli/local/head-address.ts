// A head's address as people write it -> `http://host:port`.
import { DistError } from '../../shared/base/errors.ts'

export const defaultPort = 8952

/** `host`, `host:port`, `[v6]:port` or a URL. `origin` names where it was written. Throws `usage`. */
export function headUrl(text: string, origin: string): string {
  const hint = `write it as http://HOST:PORT, for example http://127.0.0.1:${defaultPort}`
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
  let url: URL
  try {
    url = new URL(withScheme)
  } catch (cause) {
    throw new DistError('usage', `${origin}: ${JSON.stringify(text)} is no address of a head`, { hint, cause })
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new DistError('usage', `${origin}: ${JSON.stringify(text)} is no address of a head`, { hint })
  if (url.username !== '' || url.password !== '')
    throw new DistError('usage', `${origin}: a head's address has no name or password in it`, { hint: 'pass the token as DIST_TOKEN' })
  // URL drops :80, which then would become the default port
  const hasPort = url.port !== '' || /:80(\/|$)/.test(withScheme)
  const port = hasPort ? url.port || '80' : String(defaultPort)
  const path = url.pathname.replace(/\/+$/, '')
  return `${url.protocol}//${url.hostname}:${port}${path}`
}
