// A PATH on which there is no python3: a folder of links to the programs that a node needs and those that tests name.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '../../node-agent/stage/find-program.ts'
import { plainPath } from './head.ts'

const always = [
  'sh',
  'flock',
  'sync',
  'nice',
  'cat',
  'ls',
  'mkdir',
  'rm',
  'sleep',
  'head',
  'env',
  'setsid',
  'touch',
  'awk',
  'readlink',
  'grep',
]

/** Makes `folder`; leaves out what this machine does not have either. */
export function pathWithoutPython(folder: string, ...more: readonly string[]): string {
  mkdirSync(folder, { recursive: true })
  for (const name of [...always, ...more]) {
    const program = findProgram(name, plainPath)
    if (program !== null) symlinkSync(program, join(folder, name))
  }
  return folder
}
