import { expect, test } from 'vitest'
import type { AttemptId, JobsetUid, Sha256 } from '../../shared/model/ids.ts'
import { placeOf } from '../core/place.ts'
import { newAttempt } from '../core/state.ts'
import { emptyJobset } from '../core/test-support-node.ts'
import type { JobsetInfo, Work } from '../core/work.ts'
import type { KeeperOrder } from '../launcher/messages.ts'
import { Places, type ViewMode } from '../stage/places.ts'
import { KeeperDesk } from './keeper-desk.ts'

const uid = 'b'.repeat(16) as JobsetUid
const file = { name: 'f', sha256: 'c'.repeat(64) as Sha256, size: 4, mode: 0o644 }
const jobset: JobsetInfo = { ...emptyJobset, uid, buildFile: file, packed: true }

function desk(mode: ViewMode) {
  const places = new Places('/work', mode)
  const sent: (readonly [slot: number, order: KeeperOrder])[] = []
  const it = new KeeperDesk(
    {
      inherited: {},
      nodeName: () => 'node',
      gpus: () => 2,
      sshKey: () => null,
      where: (work, of) => places.where(work, of),
      blob: (hash) => `/cache/${hash}`,
      attempts: '/work/attempts',
      answers: (place) => `/work/ws/${place}.probes`,
      python: null,
      cpus: (work) => (work.slot === 1 ? [3] : null),
    },
    (slot, orders) => sent.push(...orders.map((order) => [slot, order] as const)),
  )
  let ids = 0
  const run = (work: Omit<Extract<Work, { kind: 'build' }>, 'id'> | Omit<Extract<Work, { kind: 'job' }>, 'id'>) => {
    const whole = { ...work, id: String(++ids) as AttemptId } as Work
    it.run(newAttempt(whole, placeOf(jobset, work.slot, places.ownBuilds), 0), jobset, {
      files: [],
      answer: { kind: 'none' },
      needs: false,
    })
  }
  return {
    it,
    build: (slot = 0) => run({ kind: 'build', uid, cores: 1, slot, rebuild: false }),
    job: (slot: number) => {
      const more = { script: file, run: null, files: [], args: [], env: {}, timeLimit: null, params: null, nice: 0, save: null }
      run({ kind: 'job', uid, cores: 1, slot, jobName: 'j', number: 1, memory: null, gpus: [], trial: null, ...more })
    },
    /** what was sent since the last time, in brief */
    told: () =>
      sent.splice(0).map(([slot, order]) => {
        if (order.op === 'tmpl')
          return `${slot} ${order.w} ${order.view === undefined ? 'in place' : `${order.view.kind} ${order.view.home}`}`
        return order.op === 'run' ? `${slot} run ${order.k} ${order.cpus?.join() ?? 'all'}` : `${slot} ${JSON.stringify(order)}`
      }),
  }
}

const w = `/work/ws/${uid}`
const view = (slot: number) => `${slot} ${w} overlay /work/views/${uid}/${slot}`

test('a keeper is told its template once, each slot with a view of its own, the build with none', () => {
  const { build, job, told } = desk('overlay')
  build()
  expect(told()).toEqual([`0 ${w} in place`, '0 run build all'])
  for (const slot of [0, 0, 1, 1]) job(slot)
  expect(told()).toEqual([view(0), '0 run job all', '0 run job all', view(1), '1 run job 3', '1 run job 3'])
})

test('a place that is made anew or gone is told anew, in every slot that knew it; another keeper knows nothing', () => {
  const { it, build, job, told } = desk('overlay')
  job(0)
  job(1)
  told()
  it.forgetPlace(uid)
  build(1)
  job(1)
  job(0)
  expect(told()).toEqual([`1 ${w} in place`, '1 run build 3', view(1), '1 run job 3', view(0), '0 run job all'])
  it.newKeeper(0)
  job(0)
  job(1)
  expect(told()).toEqual([view(0), '0 run job all', '1 run job 3'])
})

test('with own builds a build of one slot changes nothing for the others', () => {
  const { it, build, job, told } = desk('build')
  job(0)
  job(1)
  expect(told()).toEqual([`0 ${w} in place`, '0 run job all', `1 ${w}.1 in place`, '1 run job 3'])
  it.forgetPlace(`${uid}.1`)
  build(1)
  job(0)
  expect(told()).toEqual([`1 ${w}.1 in place`, '1 run build 3', '0 run job all'])
})

test('final verdicts go to the slot of each, together', async () => {
  const { it, told } = desk('build')
  it.forget(0, 'a')
  it.forget(1, 'b')
  it.forget(0, 'c')
  await Promise.resolve()
  expect(told()).toEqual(['0 {"op":"forget","ids":["a","c"]}', '1 {"op":"forget","ids":["b"]}'])
})
