// What `--json` prints, by the words of each command. docs/cli.md is made from it, and the tests of the screens hold real
// output against it: a field that is not here, or not there, fails. Only tests and that page load it.
import { z } from 'zod'
import * as api from '../../shared/api/shapes.ts'
import * as control from '../../shared/api/shapes-control.ts'
import * as drafts from '../../shared/api/shapes-drafts.ts'
import * as searches from '../../shared/api/shapes-searches.ts'
import { collectedKinds } from '../../shared/model/collect.ts'
import { eventKinds } from '../../shared/model/event.ts'

/** Objects that have a name in the page; the head's API has the same. */
export const named = {
  jobset: api.jobsetReply,
  job: api.jobReply,
  attempt: control.attemptReply,
  build: api.buildReply,
  node: api.nodeReply,
  token: api.tokenReply,
  search: searches.searchReply,
  trial: searches.trialReply,
  session: api.sessionReply,
  outcome: api.outcome,
  usage: api.usage,
} as const

const count = z.int().min(0)
const amount = z.object({ files: count, bytes: count })
const failures = z.array(z.object({ outcome: z.string(), count, jobs: z.array(z.string()) }))
const problem = z.object({
  severity: z.enum(['error', 'warning']),
  line: z.int().nullable(),
  column: z.int().nullable(),
  path: z.string(),
  message: z.string(),
  hint: z.string().optional(),
})
const checked = z.object({
  namespace: z.string(),
  batch: z.string(),
  jobs: count,
  files: count,
  problems: z.array(problem),
  nodes: z
    .object({
      total: count,
      able: z.array(z.string()),
      closest: z.object({ name: z.string(), missing: z.array(z.string()) }).nullable(),
    })
    .nullable(),
})
const pulled = z.object({
  folder: z.string(),
  jobs: count,
  attempts: count,
  fetched: amount,
  present: amount,
  filtered: count,
  removed: count,
  bad: z.array(z.object({ path: z.string(), problem: z.string() })),
  buildOutputs: z.array(z.string()),
})
const added = z.object({
  jobset: api.jobsetReply,
  did: drafts.commitDraftReply.shape.submitted,
  sent: amount,
  failures: failures.optional(),
  pulled: pulled.optional(),
})
const eachOr = <T extends z.ZodType>(shape: T) => z.union([shape, z.object({ each: z.array(shape) })])
const saved = z.object({
  chosen: z.string().nullable(),
  heads: z.array(z.object({ name: z.string(), url: z.string() })),
  session: api.sessionReply.optional(),
})
const collected = Object.fromEntries(collectedKinds.map((kind) => [kind, z.object({ count, bytes: count })]))

/** `lines`: one object a line, as they come. `note`: what the shape does not tell. */
export interface Shape {
  readonly shape: z.ZodType
  readonly lines?: true
  readonly note?: string
}

const bundled = {
  shape: z.object({ folder: z.string(), scheduler: z.string(), jobs: count, arrays: count, notDone: z.array(z.string()) }),
  note: '`notDone`: what the file says that a cluster does not do.',
}
const importances = z.object({
  metric: z.string(),
  trials: count,
  importances: z.array(z.object({ name: z.string(), importance: z.number() })),
})
const trialLine = searches.trialReply.omit({ params: true, values: true, report: true, ended: true }).extend({
  params: z.record(z.string(), z.json()).nullable(),
  metrics: z.record(z.string(), z.number().nullable()),
  data: z.record(z.string(), z.json()),
  seconds: z.number().nullable(),
})
const jobWhy = z.array(z.object({ job: z.string(), why: z.string() }))

export const shapes: Readonly<Record<string, Shape>> = {
  add: {
    shape: z.union([added, checked]),
    note: 'The second with `--dry`. `failures` with `--wait` and `--pull`, `pulled` with `--pull`.',
  },
  check: { shape: checked, note: '`nodes` is null without a head.' },
  template: {
    shape: z.object({ kind: z.string(), file: z.string().nullable(), text: z.string() }),
    note: '`file` is null when nothing was written.',
  },
  schema: { shape: z.record(z.string(), z.unknown()), note: 'The JSON Schema.' },
  status: { shape: api.statusReply },
  jobs: { shape: z.object({ jobset: api.jobsetReply, jobs: z.array(api.jobReply) }) },
  show: {
    shape: z.union([
      z.object({ jobset: api.jobsetReply, builds: z.array(api.buildReply), failures }),
      z.object({ jobset: api.jobsetReply, job: api.jobReply, attempts: z.array(control.attemptReply) }),
    ]),
    note: 'The second of a job.',
  },
  top: { shape: z.object({ status: api.statusReply, nodes: z.array(api.nodeReply) }), note: 'Once.' },
  wait: { shape: z.object({ jobset: api.jobsetReply, failures }), note: 'The largest group of failures first, up to ten names each.' },
  watch: {
    shape: z.object({
      at: z.int(),
      kind: z.enum(eventKinds),
      jobset: z.string().nullable(),
      job: z.string().nullable(),
      node: z.string().nullable(),
      data: z.record(z.string(), z.unknown()),
    }),
    lines: true,
    note: '`jobset`, `job` and `node` are names; `data` depends on the kind.',
  },
  logs: {
    shape: z.union([
      z.object({ job: api.jobReply, output: z.string() }),
      z.object({ builds: z.array(z.object({ build: api.buildReply, output: z.string() })) }),
    ]),
    note: 'The second with `--build`. With `-f` when it has ended.',
  },
  pull: {
    shape: z.union([
      pulled.extend({ jobset: api.jobsetReply }),
      z.object({
        jobset: api.jobsetReply,
        folder: z.string(),
        included: z.array(z.object({ path: z.string(), size: count, state: z.enum(['absent', 'different', 'same']) })),
        filtered: z.array(z.string()),
      }),
    ]),
    note: "The second with `--dry`. `removed` counts jobs whose results the head's retention took away.",
  },
  results: {
    shape: z.union([
      trialLine,
      z.object({ file: z.string(), format: z.enum(['csv', 'json', 'parquet']), trials: count }),
      z.object({ file: z.string(), trials: count }),
      importances,
    ]),
    lines: true,
    note: 'One for each trial that ended, numbers as they were sent; of the others one, with `--output`, `--plot` and `--importance`.',
  },
  'search run': {
    shape: z.object({ searches: z.array(z.object({ jobset: api.jobsetReply, search: searches.searchReply.nullable() })) }),
    note: 'One for each `search()` of the script; `search` is null with `--detach`.',
  },
  'search import': { shape: z.object({ file: z.string().nullable(), text: z.string() }), note: '`file` is null when nothing was written.' },
  'search show': {
    shape: z.object({ search: searches.searchReply, best: searches.trialReply.nullable() }),
    note: '`best` is null while there is none.',
  },
  'search extend': { shape: searches.searchReply },
  'search stop': { shape: searches.searchReply },
  'search retry': { shape: searches.retryTrialsReply },
  'search importance': { shape: importances, note: 'The greatest first; all together are 1.' },
  kill: { shape: eachOr(api.killReply), note: '`waiting`: nodes that have not confirmed.' },
  retry: { shape: eachOr(api.retryReply) },
  resume: { shape: eachOr(api.retryReply) },
  hold: { shape: eachOr(control.holdReply), note: '`held` is false when it was held before.' },
  release: { shape: eachOr(control.releaseReply), note: '`lifted`: a hold was; `released`: jobs that need wait no longer.' },
  priority: { shape: eachOr(control.priorityReply) },
  nodes: { shape: api.nodesReply },
  'node invite': { shape: api.inviteReply },
  'node show': { shape: api.nodeReply },
  'node pause': { shape: eachOr(control.pauseReply), note: '`until` is null without `--for`.' },
  'node resume': { shape: eachOr(control.resumeReply), note: '`resumed` is false when it was not paused.' },
  'node clear': { shape: eachOr(control.clearReply), note: '`cleared`: jobsets that may be built there again.' },
  'node drain': { shape: eachOr(api.okReply) },
  login: { shape: saved, note: 'Without tokens; `session` after a login.' },
  logout: { shape: saved },
  'token create': { shape: api.createTokenReply, note: 'The token with its secret.' },
  'token list': { shape: api.tokensReply },
  'token revoke': { shape: api.tokenReply },
  up: {
    shape: z.union([added, z.object({ url: z.string(), token: z.string(), folder: z.string() })]),
    note: 'The second without a file, when it is up; it then stays until Ctrl-C.',
  },
  run: {
    shape: z.object({ jobset: api.jobsetReply, failures, folder: z.string(), jobs: count }),
    note: '`folder` has a folder for each job, `jobs` counts them.',
  },
  slurm: bundled,
  sge: bundled,
  import: {
    shape: z.object({
      jobset: api.jobsetReply.nullable(),
      imported: count,
      present: count,
      open: jobWhy,
      damaged: jobWhy,
      refused: jobWhy,
    }),
    note: '`jobset` is null with `--dry`.',
  },
  backup: {
    shape: z.object({
      folder: z.string(),
      takenAt: z.int(),
      files: count,
      bytes: count,
      lacking: z.array(z.object({ path: z.string(), problem: z.string() })),
      lackingCount: count,
    }),
  },
  restore: { shape: z.object({ folder: z.string(), takenAt: z.int(), files: count, bytes: count, lackingCount: count }) },
  verify: {
    shape: z.object({
      files: count,
      bytes: count,
      found: z.object({ missing: count, changed: count, unreadable: count, extra: count }),
      findings: z.array(z.object({ kind: z.enum(['missing', 'changed', 'unreadable', 'extra']), path: z.string(), detail: z.string() })),
    }),
  },
  gc: { shape: z.object({ dry: z.boolean(), ...collected }) },
  doctor: {
    shape: z.object({
      checks: z.array(
        z.object({ name: z.string(), level: z.enum(['ok', 'warning', 'problem']), message: z.string(), hint: z.string().optional() }),
      ),
    }),
  },
  completion: { shape: z.object({ shell: z.enum(['bash', 'zsh', 'fish']), script: z.string() }) },
}
