// `dist login`: saves where a head is and the token for it, chooses among saved ones, lists them. `dist logout` forgets one.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { HeadClient } from '../../shared/api/client.ts'
import type { SessionReply } from '../../shared/api/types.ts'
import { DistError, errorMessage } from '../../shared/base/errors.ts'
import { HttpClient } from '../../shared/net/http.ts'
import type { Context } from '../context.ts'
import { headUrl } from '../local/head-address.ts'
import { chosenHead, readSavedHeads, type SavedHead, savedHeadsFile, withHead, withoutHead, writeSavedHeads } from '../local/saved-heads.ts'
import { exitCode } from '../program/exit-code.ts'
import { renderTable } from '../render/table.ts'

export interface LoginOptions {
  readonly name?: string
  readonly tokenFile?: string
  readonly use?: boolean
}

/**
 * `text`: an address, or the name of a saved head, which is chosen; absent = list them.
 * --json: `{chosen, heads: [{name, url}]}`, without tokens; after a login also `session`, as in the API.
 */
export async function login(context: Context, text: string | undefined, options: LoginOptions): Promise<number> {
  const { env } = context.io
  const saved = readSavedHeads(env)
  if (text === undefined) return list(context)
  const known = saved.heads.find(({ name }) => name === text)
  if (known !== undefined && options.tokenFile === undefined) {
    writeSavedHeads(env, { ...saved, chosen: known.name })
    context.print(`commands go to ${known.name} (${known.url}) now`)
    tellValue(context)
    return exitCode.done
  }
  const url = known?.url ?? headUrl(text, 'login')
  const name = known?.name ?? options.name ?? new URL(url).hostname
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name))
    throw new DistError('usage', `${JSON.stringify(name)} cannot be the name of a head`, {
      hint: 'choose one of letters, digits, _ . and -: --name lab',
    })
  const token = await askToken(context, url, options.tokenFile)
  const session = await check(context, url, token)
  writeSavedHeads(env, withHead(saved, { name, url, token }, options.use === true))
  context.print(`logged in to ${name} (${url}) as ${session.name}, ${session.role}`)
  const chosen = chosenHead(readSavedHeads(env))
  if (chosen?.name !== name) context.note(`commands still go to ${chosen?.name}; change that with: dist login ${name}`)
  if (env['DIST_HEAD']) context.warn(`DIST_HEAD is set and goes before what is saved: ${env['DIST_HEAD']}`, 'unset DIST_HEAD')
  tellValue(context, session)
  return exitCode.done
}

/** --json: as of `login`. */
export function logout(context: Context, text: string | undefined): Promise<number> {
  const { env } = context.io
  const saved = readSavedHeads(env)
  const name = text ?? chosenHead(saved)?.name
  if (name === undefined || !saved.heads.some((head) => head.name === name)) {
    const names = saved.heads.map((head) => head.name).join(', ')
    const what = name === undefined ? 'no saved head is chosen' : `no head ${name} is saved`
    throw new DistError('not_found', what, { hint: names === '' ? 'nothing is saved' : `saved are: ${names}` })
  }
  const left = withoutHead(saved, name)
  writeSavedHeads(env, left)
  context.print(`forgot ${name}`)
  context.note('its token still works; an administrator ends it with: dist token revoke ID')
  if (left.chosen === null && left.heads.length > 0) context.note('choose another one with: dist login NAME')
  tellValue(context)
  return Promise.resolve(exitCode.done)
}

function list(context: Context): number {
  const { chosen, heads } = readSavedHeads(context.io.env)
  tellValue(context)
  if (heads.length === 0) {
    context.print('no heads are saved yet: dist login http://HOST:8952')
    return exitCode.done
  }
  const rows = heads.map((head) => [head.name === chosen ? '*' : '', head.name, head.url])
  const columns = [{ title: '' }, { title: 'NAME', shrink: 8 }, { title: 'HEAD', shrink: 20 }]
  for (const line of renderTable(columns, rows, { width: context.io.stdout.columns, paintTitle: context.out.dim })) context.print(line)
  context.note(
    context.err.dim(
      chosen === null ? 'choose one with: dist login NAME' : `* commands go there; saved in ${savedHeadsFile(context.io.env)}`,
    ),
  )
  return exitCode.done
}

function tellValue(context: Context, session?: SessionReply): void {
  const { chosen, heads } = readSavedHeads(context.io.env)
  context.value({ chosen, heads: heads.map(({ name, url }: SavedHead) => ({ name, url })), ...(session === undefined ? {} : { session }) })
}

/** From the file or pipe that is named, from DIST_TOKEN, or from the person, who is shown nothing of it. */
async function askToken(context: Context, url: string, file: string | undefined): Promise<string> {
  const { input, env, cwd, stderr } = context.io
  const fromEnv = env['DIST_TOKEN']
  let token = fromEnv ?? ''
  if (file === '-') token = (await input?.read()) ?? ''
  else if (file !== undefined) token = readToken(resolve(cwd, file), file)
  else if (token === '' && input?.isTerminal === true) {
    stderr.write(`token for ${url}: `)
    token = await input.read()
    stderr.write('\n')
    context.signal.throwIfAborted()
  }
  if (token.trim() !== '') return token.trim()
  throw new DistError('usage', 'no token was given', {
    hint: 'pass one with --token-file FILE, --token-file - or DIST_TOKEN; an administrator makes it with: dist token create --role user --name YOU',
  })
}

function readToken(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new DistError('usage', `cannot read ${shown}: ${errorMessage(error)}`, { hint: 'name a file with the token in it', cause: error })
  }
}

/** Nothing is saved that does not work. */
async function check(context: Context, url: string, token: string): Promise<SessionReply> {
  const client = new HeadClient(new HttpClient({ base: url, token: () => token, userAgent: 'dist-cli' }))
  try {
    return await context.patiently('look', () => client.session(context.signal))
  } finally {
    client.close()
  }
}
