// How many GPUs this node has. Asked once, at the agent's start; flag, environment and agent.yaml know better.
import { execFile } from 'node:child_process'

const limit = 20_000

/** The lines of `nvidia-smi -L`; 0 where that program is missing or fails. */
export function probeGpus(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    execFile('nvidia-smi', ['-L'], { env, timeout: limit, ...(signal === undefined ? {} : { signal }) }, (error, stdout) => {
      resolve(error === null ? countGpus(stdout) : 0)
    })
  })
}

/** `GPU 0: NVIDIA A40 (UUID: GPU-…)`; lines of its parts (MIG) are indented and count nothing. */
export function countGpus(text: string): number {
  return text.split('\n').filter((line) => /^GPU \d+:/.test(line)).length
}
