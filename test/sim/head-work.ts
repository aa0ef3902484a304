// What the head says to a node, as the agent's core hears it; a jobset comes once a session, before what names it.
import type { HeadWork } from '../../node-agent/core/event.ts'
import type { JobsetInfo } from '../../node-agent/core/work.ts'
import type { NodeMessage } from '../../server/core/effects.ts'
import type { JobsetUid } from '../../shared/model/ids.ts'

const none: HeadWork = { jobsets: [], builds: [], jobs: [], verdicts: [], orders: [], idle: false }
const plain = {
  slot: 0,
  run: null,
  args: [],
  env: {},
  timeLimit: null,
  params: null,
  nice: 0,
  save: null,
  memory: null,
  gpus: [],
  trial: null,
  files: [],
}

/** For one session. */
export function headWork(jobset: (uid: JobsetUid) => JobsetInfo): (message: NodeMessage) => HeadWork {
  const known = new Set<JobsetUid>()
  const define = (uid: JobsetUid): JobsetInfo[] => {
    if (known.has(uid)) return []
    known.add(uid)
    return [jobset(uid)]
  }
  return (message) => {
    switch (message.kind) {
      case 'build': {
        const { build: id, uid, cores, slot } = message
        return { ...none, jobsets: define(uid), builds: [{ kind: 'build', id, uid, cores, slot, rebuild: false }] }
      }
      case 'assign': {
        const { attempt: id, uid, grant, number, spec } = message
        const job = {
          ...plain,
          kind: 'job',
          id,
          uid,
          cores: grant.cores,
          slot: grant.slot,
          number,
          jobName: spec.name,
          script: spec.script,
        } as const
        return { ...none, jobsets: define(uid), jobs: [job] }
      }
      case 'verdict':
        return { ...none, verdicts: [{ id: message.attempt, kind: message.verdict }] }
      case 'order':
        return { ...none, orders: [{ id: message.attempt, kind: message.order }] }
      default:
        return { ...none, idle: true }
    }
  }
}
