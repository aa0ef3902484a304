// What dist-server and dist-agent say of this machine when they are started with --check. Never throws.
import { spawn } from 'node:child_process'
import { errorMessage } from '../../shared/base/errors.ts'
import type { Check, Checks } from '../../shared/model/check.ts'
import { type ProgramName, programCommand } from '../embed/program-command.ts'
import type { Io } from '../local/io.ts'

export async function checkProgram(io: Io, name: ProgramName, args: readonly string[]): Promise<readonly Check[]> {
  const { command, args: all } = programCommand(name, ['--check', ...args])
  const child = spawn(command, all, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...io.env }, cwd: io.cwd, signal: io.signal })
  try {
    const [stdout, stderr] = await Promise.all([collect(child.stdout), collect(child.stderr), ended(child)])
    return (
      parse(stdout) ?? [
        {
          name,
          level: 'problem',
          message: `dist-${name} --check failed: ${stderr.trim().split('\n')[0] ?? ''}`,
          hint: 'is it installed whole? npm ci',
        },
      ]
    )
  } catch (error) {
    io.signal.throwIfAborted()
    return [{ name, level: 'problem', message: `cannot be started: ${errorMessage(error)}`, hint: 'is it installed whole? npm ci' }]
  }
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve())
  })
}

async function collect(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function parse(text: string): readonly Check[] | null {
  try {
    return (JSON.parse(text) as Checks).checks
  } catch {
    return null
  }
}
