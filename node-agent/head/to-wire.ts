// The core's results and inventory -> messages of the protocol.

import type { Outcome } from '../../shared/model/outcome.ts'
import type { Finished } from '../../shared/wire/gen/dist/Finished.ts'
import type { Held } from '../../shared/wire/gen/dist/Held.ts'
import type { HeldItem } from '../core/held.ts'
import type { Result } from '../core/work.ts'

const heldStates = { ahead: 'AHEAD', running: 'RUNNING', finished: 'FINISHED' } as const

export function heldMessage(item: HeldItem): Held {
  return { attempt_id: item.id, state: heldStates[item.state], build: item.build, jobset_uid: item.uid }
}

/** A result that started nothing itself (a build that was here already) has no start of its own: `now`, wall ms, stands in. */
export function finishedMessage(id: string, build: boolean, result: Result, now: number): Finished {
  const { outcome, usage, body } = result
  return {
    attempt_id: id,
    build,
    started: result.started,
    started_at: result.started && result.startedAt === 0 ? now : result.startedAt,
    outcome: outcome.kind,
    ...ending(outcome),
    ...(usage === null
      ? {}
      : {
          usage: {
            wall_seconds: usage.wallSeconds,
            user_seconds: usage.userSeconds,
            system_seconds: usage.systemSeconds,
            peak_memory: usage.peakMemory,
            memory_source: usage.memorySource,
          },
        }),
    shipped: body.kind === 'large',
    ...(body.kind === 'small'
      ? { files: body.files.map((file) => ({ ...file, data: Buffer.from(file.data) })), stdout: body.output, folders: [...body.folders] }
      : {}),
    notices: [...result.notices],
    ...(result.trial === null ? {} : { trial_json: JSON.stringify(result.trial) }),
  }
}

function ending(outcome: Outcome): Pick<Finished, 'exit_code' | 'signal' | 'reason'> {
  switch (outcome.kind) {
    case 'failed':
      return { exit_code: outcome.exitCode ?? 0, signal: outcome.signal ?? '' }
    case 'lost':
    case 'build_failed':
    case 'stage_failed':
      return { reason: outcome.reason }
    default:
      return {}
  }
}

/** About how many bytes a result takes in a frame. */
export function finishedBytes(message: Finished): number {
  let sum = 300 + (message.stdout?.length ?? 0)
  for (const file of message.files ?? []) sum += 16 + (file.path?.length ?? 0) * 2 + (file.data?.length ?? 0)
  for (const text of [...(message.folders ?? []), ...(message.notices ?? []), message.reason ?? '', message.trial_json ?? ''])
    sum += 8 + text.length * 2
  return sum
}
