// Runs one `dist` command against a head, as the person who has its admin token (or another one).
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Head, plainPath } from './head.ts'
import { programArgv } from './programs.ts'

export interface DistOptions {
  /** default: the cluster's folder */
  readonly cwd?: string
  /** default: the admin token */
  readonly token?: string
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  /** ms, default 60 s; then it is killed and the promise rejects */
  readonly within?: number
}

export interface DistResult {
  /** exit status; null when a signal ended it */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export async function dist(head: Head, args: readonly string[], options: DistOptions = {}): Promise<DistResult> {
  const [command, ...leading] = programArgv('cli')
  const env = {
    PATH: plainPath,
    HOME: join(head.root, 'home'),
    DIST_HEAD: head.url,
    DIST_TOKEN: options.token ?? head.token,
    ...options.env,
  }
  const child = spawn(command, [...leading, ...args], { cwd: options.cwd ?? head.root, env, stdio: 'pipe' })
  const within = options.within ?? 60_000
  let late = false
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGKILL')
  }, within)
  child.stdin.end(options.stdin ?? '')
  child.stdin.on('error', () => undefined) // it may end without reading
  const [stdout, stderr, code] = await Promise.all([
    collect(child.stdout),
    collect(child.stderr),
    new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve)),
  ]).finally(() => clearTimeout(timer))
  if (late) throw new Error(`dist ${args.join(' ')} took over ${within} ms\n${stdout}${stderr}\n${head.report()}`)
  return { code, stdout, stderr }
}

/** The same, but anything but exit status 0 is an error that shows what was printed. */
export async function distOk(head: Head, args: readonly string[], options: DistOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await dist(head, args, options)
  if (code !== 0) throw new Error(`dist ${args.join(' ')}: exit status ${code}\n${stdout}${stderr}\n${head.report()}`)
  return stdout
}

async function collect(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
