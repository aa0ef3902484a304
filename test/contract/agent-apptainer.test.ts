// A real image under the real apptainer. Skipped, with the reason, where there is none or it cannot build an image; not in CI.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { float } from '../../shared/model/value.ts'
import { AgentProcess } from '../support/agent-process.ts'
import { FakeHead } from '../support/fake-head.ts'
import { skipOrFail } from '../support/needs.ts'
import { expectNoJobProcesses } from '../support/processes.ts'
import { buildTinyImage, containerPath, hasApptainer } from '../support/tiny-image.ts'
import { trialJob, trialResult, trialRules } from '../support/trial-jobs.ts'

let head: FakeHead
let agent: AgentProcess

beforeEach(() => {
  head = new FakeHead()
  agent = new AgentProcess()
})

afterEach(async () => {
  await agent.cleanUp()
  await head.stop()
})

const app = [
  'read -r line < /input/params.txt',
  'echo "cores $1, arguments $2, read $line, $DIST_CORES $SEED $DIST_SAVE_DIR"',
  'echo saved > /distribute_save/result.txt',
  'if [ "$2" = hang ]; then while :; do read -r x < /dev/zero || :; done; fi',
  'echo kept >> /scratch/notes; while read -r note; do echo "note $note"; done < /scratch/notes',
  'exit "$3"',
]

test('verify_apptainer_execution: input, save and a required mount are bound, the core count is $1; a time limit ends all of it', async (context) => {
  if (!hasApptainer()) skipOrFail(context, 'apptainer not installed')
  const folder = join(agent.home, 'image')
  mkdirSync(folder)
  const image = buildTinyImage(folder, app)
  if (typeof image === 'string') return skipOrFail(context, image)
  await head.start()
  agent.start(head, { env: { PATH: `${containerPath}:/usr/sbin:/sbin` } })
  const session = await head.session()
  const sif = head.file({ name: 'tool.sif', content: image })
  const jobset = {
    ...head.jobset({ files: [{ name: 'params.txt', content: 'init\n' }] }),
    kind: 'apptainer',
    sif: { ...sif, sha256: Buffer.from(sif.sha256, 'hex') },
    mounts: ['/scratch'],
  }
  expect((await head.build(session, jobset)).outcome).toBe('succeeded')
  const job = (args: string[], files: { name: string; content: string }[] = []) => ({
    ...head.job(jobset.uid, '', { files, cores: 2 }),
    script: null,
    args,
    env: { SEED: '7' },
  })
  const first = job(['a b', '0'])
  const second = job(['a b', '7'], [{ name: 'params.txt', content: 'mine\n' }])
  const hangs = { ...job(['hang', '0']), time_limit_seconds: 1 }
  session.send({ assign: [first, second, hangs] })
  const one = await head.result(first.attempt_id)
  expect(one.stdout.toString()).toContain('cores 2, arguments a b, read init, 2 7 /distribute_save\nnote kept\n')
  expect(one).toMatchObject({ outcome: 'succeeded' })
  expect(one.files.map((file) => [file.path, file.data.toString()])).toEqual([['result.txt', 'saved\n']])
  const two = await head.result(second.attempt_id)
  expect(two.stdout.toString()).toContain('read mine, 2 7 /distribute_save\nnote kept\nnote kept\n')
  expect(two).toMatchObject({ outcome: 'failed', exit_code: 7 })
  expect(readFileSync(join(agent.work, 'ws', jobset.uid, '_bind_path_0/notes'), 'utf8')).toBe('kept\nkept\n')
  expect((await head.result(hangs.attempt_id)).outcome).toBe('timeout')
  await expectNoJobProcesses(agent.work)
  expect(existsSync(join(agent.work, 'ws', jobset.uid, 'tool.sif'))).toBe(false)
}, 90_000)

test('a trial in an image has its values and the paths of the container, and reports from there', async (context) => {
  if (!hasApptainer()) skipOrFail(context, 'apptainer not installed')
  const folder = join(agent.home, 'image')
  mkdirSync(folder)
  const tell = 'echo "$FLOATRUNTK0 $STRRUNTK1 $SOCNAME $NSLOTS $DIST_PARAM_X"'
  const image = buildTinyImage(folder, [tell, 'read -r line < /input/params.json', 'echo "$line" > /distribute_save/search_00001.out'])
  if (typeof image === 'string') return skipOrFail(context, image)
  await head.start()
  agent.start(head, { env: { PATH: `${containerPath}:/usr/sbin:/sbin` } })
  const session = await head.session()
  const sif = head.file({ name: 'tool.sif', content: image })
  const wire = { ...sif, sha256: Buffer.from(sif.sha256, 'hex') }
  const jobset = { ...head.jobset({}), kind: 'apptainer', sif: wire, ...trialRules({ commType: 'auto', delimiter: 'auto' }) }
  await head.build(session, jobset)
  const job = { ...head.job(jobset.uid, ''), script: null, ...trialJob(1, [['loss', float(2)]]) }
  session.send({ assign: [job] })
  const result = await head.result(job.attempt_id)
  expect(result.stdout.toString()).toMatch(/^loss\*=2\.0 saveFolder\*=\/distribute_save \('127\.0\.0\.1', \d+\) 1 \n$/)
  expect(trialResult(result)).toMatchObject({ end: { kind: 'reported', values: [2] }, report: { source: 'file', text: '{"loss":2.0}\n' } })
}, 90_000)
