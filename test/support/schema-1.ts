// A data folder as the first version left it when it was killed: schema 1, jobsets and jobs in every state it knew. Text,
// so that what is in it can be read. Used by the tests of upgrades.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { foundation } from '../../server/store/migrations/0001-foundation.ts'
import { openForWriting } from '../../server/store/open-database.ts'
import { tarRecord } from '../../server/store/pack-tar.ts'
import { sha256 } from '../../shared/files/digest.ts'

export interface OldNode {
  readonly head: string
  readonly id: string
  readonly key: string
  readonly name: string
}

/** Ids of attempts, by what had become of them. */
export const attempts = {
  claimed: 'a1'.repeat(16),
  running: 'a2'.repeat(16),
  placed: 'a3'.repeat(16),
  packed: 'a4'.repeat(16),
  failed: 'a5'.repeat(16),
} as const

/** The script of every job, and what it prints. */
export const script = 'import sys\nprint("cores", sys.argv[1])\nopen("distribute_save/out.txt", "w").write("new")\n'

/** `old/sweep`: jobs ready, claimed, running, placed, packed, failed. `old/done`: over. `old/draft`: not committed. */
export function writeSchema1(data: string, node: OldNode): void {
  for (const folder of ['packs', 'logs', 'blobs/partial', 'blobs/tmp', 'results/.incoming'])
    mkdirSync(join(data, folder), { recursive: true })
  const content = sha256(script)
  mkdirSync(join(data, 'blobs', content.slice(0, 2)))
  writeFileSync(join(data, 'blobs', content.slice(0, 2), content), script)
  const result = join(data, 'results/old/sweep/placed')
  mkdirSync(result, { recursive: true })
  writeFileSync(join(result, 'stdout.txt'), 'placed\n')
  const buffers: Uint8Array[] = []
  tarRecord(buffers, `${attempts.packed}/stdout.txt`, 0o644, Buffer.from('packed\n'))
  // and what a group left that was never committed
  writeFileSync(join(data, 'packs/1.tar'), Buffer.concat([...buffers, Buffer.alloc(700, 1)]))

  const db = openForWriting(join(data, 'dist.sqlite'))
  db.exec(foundation)
  db.pragma('user_version = 1')
  db.exec(rows(node))
  db.close()
}

const input = (name: string): object => ({ name, sha256: sha256(script), size: script.length, mode: 0o644 })
const file = (path: string, text: string): object => ({ kind: 'file', path, size: text.length, mode: 0o644, sha256: sha256(text) })
const text = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "''")}'`

/** Specs as that version wrote them: no options, the demand by itself. */
function spec(batch: string): string {
  return text({
    kind: 'python',
    meta: { batchName: batch, namespace: 'old', capabilities: ['python3'], matrix: null },
    initialize: { buildFile: null, files: [] },
    demand: { cores: { min: 1, max: 1 }, memory: null, gpus: 0, disk: null },
    slurm: null,
  })
}

function rows(node: OldNode): string {
  const job = (name: string): string => text({ name, script: input('run.py'), files: [], slurm: null })
  const blob = `x'${sha256(script)}'`
  const usage = text({ wallSeconds: 1, userSeconds: 1, systemSeconds: 0, peakMemory: 1, memorySource: 'rusage' })
  const ended = (id: string, n: number, kind: string, location: string, manifest: object[]): string =>
    `INSERT INTO attempt (id, job, jobset, node, state, number, cores, claimed_at, started_at, finished_at, outcome, usage, notices, location, manifest)
     VALUES ('${id}', ${n}, 1, '${node.id}', 'committed', 1, 1, 1000, 1000, 2000, ${text({ kind, exitCode: kind === 'failed' ? 1 : null, signal: null })}, ${usage}, '[]', ${location}, ${text(manifest)});`
  return `
INSERT INTO setting (key, value) VALUES ('head_id', '${node.head}');
INSERT INTO node (id, key, name, joined_at, capabilities, cores) VALUES ('${node.id}', '${node.key}', '${node.name}', 1000, '["python3"]', 2);
INSERT INTO blob (sha256, size) VALUES (${blob}, ${script.length});
INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, submitted_at, first_job, job_count, spec) VALUES
  (1, '1111111111111111', '${'1'.repeat(32)}', 'old', 'sweep', 'python', 'active', 'anna', 1000, 1, 6, ${spec('sweep')});
INSERT INTO jobset (id, uid, request_id, namespace, batch, kind, state, owner, submitted_at, finished_at, first_job, job_count, counts, spec) VALUES
  (2, '2222222222222222', '${'2'.repeat(32)}', 'old', 'done', 'python', 'succeeded', 'anna', 1000, 2000, 7, 1,
   ${text({ ready: 0, claimed: 0, running: 0, succeeded: 1, failed: 0, cancelled: 0 })}, ${spec('done')});
INSERT INTO jobset_text (jobset, text) VALUES (1, 'meta: {}'), (2, 'meta: {}');
INSERT INTO jobset_blob (jobset, sha256) VALUES (1, ${blob}), (2, ${blob});
INSERT INTO job (id, jobset, name, state, attempt, committed_attempt, started) VALUES
  (1, 1, 'ready', 'ready', NULL, NULL, 0),
  (2, 1, 'claimed', 'claimed', '${attempts.claimed}', NULL, 0),
  (3, 1, 'running', 'running', '${attempts.running}', NULL, 1),
  (4, 1, 'placed', 'succeeded', '${attempts.placed}', '${attempts.placed}', 1),
  (5, 1, 'packed', 'succeeded', '${attempts.packed}', '${attempts.packed}', 1),
  (6, 1, 'failed', 'failed', '${attempts.failed}', '${attempts.failed}', 1),
  (7, 2, 'one', 'succeeded', NULL, NULL, 1);
INSERT INTO job_spec (job, spec) VALUES ${['ready', 'claimed', 'running', 'placed', 'packed', 'failed', 'one'].map((name, i) => `(${i + 1}, ${job(name)})`).join(', ')};
INSERT INTO attempt (id, job, jobset, node, state, number, cores, claimed_at) VALUES
  ('${attempts.claimed}', 2, 1, '${node.id}', 'claimed', NULL, 1, 1000), ('${attempts.running}', 3, 1, '${node.id}', 'running', 1, 1, 1000);
${ended(attempts.placed, 4, 'succeeded', "'folder'", [file('stdout.txt', 'placed\n')])}
${ended(attempts.packed, 5, 'succeeded', "'pack:1:0'", [file('stdout.txt', 'packed\n')])}
${ended(attempts.failed, 6, 'failed', 'NULL', [])}
INSERT INTO draft (id, owner, created_at, namespace, batch, job_count, spec, text) VALUES
  ('${'3'.repeat(32)}', 'anna', ${Date.now()}, 'old', 'draft', 1, ${spec('draft')}, 'meta: {}');
INSERT INTO event (at, kind, jobset, data) VALUES (1000, 'jobset_added', 1, '{}');
`
}
