// The processes of a demo: started in sessions of their own, ended by pid, in reverse order, however the demo ends.
import { spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** Starts a daemon whose output goes to `log`; `onFailure` is told when it ends before anybody asked it to. */
export function startDaemon(name, argv, { env, log, onFailure }) {
  const file = openSync(log, 'a')
  const child = spawn(argv[0], argv.slice(1), { env, stdio: ['ignore', file, file], detached: true })
  closeSync(file)
  let asked = false
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.once('error', (error) => onFailure(error))
  child.once('exit', (status, signal) => {
    if (!asked) onFailure(new Error(`${name} ended by itself (${signal ?? `exit status ${status}`})`))
  })
  const stop = async () => {
    asked = true
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(late)
  }
  return { stop }
}

/** Runs a command to its end with our terminal; `capture` keeps stdout for us. Resolves to {status, stdout}. */
export function runCommand(argv, { env, capture = false, signal }) {
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0], argv.slice(1), { env, stdio: ['ignore', capture ? 'pipe' : 'inherit', 'inherit'] })
    const interrupt = () => child.kill('SIGINT')
    signal.addEventListener('abort', interrupt, { once: true })
    let stdout = ''
    child.stdout?.on('data', (data) => {
      stdout += data
    })
    child.once('error', reject)
    child.once('close', (status) => {
      signal.removeEventListener('abort', interrupt)
      resolve({ status, stdout })
    })
  })
}

/** Ends whatever still has `folder` in its command line or environment: what a killed agent left behind. */
export async function sweep(folder) {
  for (let round = 0; round < 50; round++) {
    const left = processesOf(folder)
    if (left.length === 0) return
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // gone meanwhile
      }
    }
    await pause(20)
  }
}

function processesOf(folder) {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((pid) => {
      try {
        // a zombie has neither
        return ['cmdline', 'environ'].some((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(folder))
      } catch {
        return false
      }
    })
    .map(Number)
}
