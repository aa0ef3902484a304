// Optional keys that are wrong, at the top level and in jobs, whatever not-yet.ts still refuses.
import { expect, test } from 'vitest'
import { casesOf, shown } from './test-cases.ts'

const job = `meta: {batch_name: b, namespace: n}
python: {jobs: [{name: j, file: f}]}
`

const top = casesOf(String.raw`
# a number without unit
time_limit: 30
=> 3:13: time_limit: "30" is no duration
   write for example 90s, 30m, 1h30m, 2d or 00:30:00
# no time at all
time_limit: 0s
=> 3:13: time_limit: it must be more than nothing
# a list as duration
time_limit: [1h]
=> 3:13: time_limit: expected a duration like 90s, 30m or 2h, found a list
# resources of the wrong kind
resources: {cores: none, memory: 8, gpus: -1, disk: lots, core: 1}
=> 3:20: resources.cores: expected all, a number of cores from 1 to 65536, or {min: 2, max: 8}, found text
=> 3:34: resources.memory: 8 bytes are less than 1 MiB
   write the unit: 512MiB, 8GiB or 20GB
=> 3:43: resources.gpus: expected a whole number from 0 to 1024, found -1
=> 3:53: resources.disk: "lots" is no amount of bytes
   write for example 512MiB, 8GiB or 20GB
=> 3:59: resources.core: unknown key 'core'
   did you mean 'cores'?
# no cores
resources: {cores: 0}
=> 3:20: resources.cores: expected all, a number of cores from 1 to 65536, or {min: 2, max: 8}, found a number
# half a core
resources: {cores: 0.5}
=> 3:20: resources.cores: expected all, a number of cores from 1 to 65536, or {min: 2, max: 8}, found a number
# a range that is upside down
resources: {cores: {min: 8, max: 2}}
=> 3:20: resources.cores: min is 8 and max is 2
   swap them
# a range without end
resources: {cores: {min: 8}}
=> 3:20: resources.cores: the key 'max' is missing
   max: the most that the job can use
# a word for resources
resources: 4
=> 3:12: resources: expected a mapping, found a number
   write cores: … below it, indented
# an end that is none
retries: {max: 2, on: [timout, crash]}
=> 3:24: retries.on[0]: 'timout' is no way to end
   did you mean 'timeout'?
=> 3:32: retries.on[1]: 'crash' is no way to end
   write one of exit, timeout, oom, lost
# retries without number
retries: {on: [exit]}
=> 3:10: retries: the key 'max' is missing
   max: tries beyond the first
# too many retries
retries: {max: 1.5, on: exit, backoff: -1s}
=> 3:16: retries.max: expected a whole number from 0 to 1000, found a number
=> 3:25: retries.on: expected a list, found text
   write a list: [exit, lost]
=> 3:40: retries.backoff: "-1s" is no duration
   write for example 90s, 30m, 1h30m, 2d or 00:30:00
# arguments that are no list
args: --fast
=> 3:7: args: expected a list, found text
   write a list: [--steps, 100]
# an argument that is none
args: [a, [b], ~, "c\0"]
=> 3:11: args[1]: expected text, found a list
=> 3:16: args[2]: expected text, found ~
=> 3:19: args[3]: the argument has a NUL character
   remove it
# names that no variable has
env: {A-B: 1, DIST_CORES: 2, C: [1], D: ~, "": x}
=> 3:7: env.A-B: 'A-B' cannot be the name of a variable
   choose another name, of letters, digits and _
=> 3:15: env.DIST_CORES: names that begin with DIST_ are set by dist
   choose another name, of letters, digits and _
=> 3:33: env.C: expected text, found a list
=> 3:41: env.D: expected text, found ~
=> 3:44: env.: '' cannot be the name of a variable
   choose another name, of letters, digits and _
# a list of variables
env: [A=1]
=> 3:6: env: expected a mapping, found a list
   write NAME: value below it, indented
# parameters that JSON does not have
params: {a: .nan, b: -.inf, c: 12345678901234567890, d: [.inf]}
=> 3:13: params.a: JSON has no .nan
   write it in quotes: ".nan"
=> 3:22: params.b: JSON has no -.inf
   write it in quotes: "-.inf"
=> 3:32: params.c: 12345678901234567890 is too large to be exact
   write it in quotes: "12345678901234567890"
=> 3:58: params.d[0]: JSON has no .inf
   write it in quotes: ".inf"
# parameters of one variable
params: {re-x: 1, RE_X: 2}
=> 3:19: params.RE_X: 're-x' and 'RE_X' would both be DIST_PARAM_RE_X
   give one of them another name
# what is saved
save: {only_on: failure, exclude: [/tmp, ""], max_size: 20}
=> 3:17: save.only_on: 'failure' is not known here
   write success, or leave the key out
=> 3:36: save.exclude[0]: '/tmp' matches nothing
   write a path below distribute_save, like cache/** or *.tmp
=> 3:42: save.exclude[1]: the pattern is empty
   write a path below distribute_save, like cache/** or *.tmp
=> 3:57: save.max_size: 20 bytes are less than 1 MiB
   write the unit: 512MiB, 8GiB or 20GB
# a nice that is not
nice: 20
=> 3:7: nice: expected a whole number from 0 to 19, found 20
# a priority that is a word
priority: high
=> 3:11: priority: expected a whole number from -1000 to 1000, found text
# a jobset that waits for itself
after: [meshes, b, ../c]
=> 3:17: after[1]: a jobset cannot wait for itself
   name another batch of the same namespace
=> 3:20: after[2]: a name must not contain '/'
   name another batch of the same namespace
# limits of the jobset
max_fails: 0
max_concurrent: 0
lost_after: 10ms
=> 3:12: max_fails: expected a number of jobs from 1, or a percentage, found '0'
   write 10 or 10%
=> 4:17: max_concurrent: expected a whole number from 1 to 1000000, found 0
=> 5:13: lost_after: it must be at least 1s
# a share of more than all
max_fails: 101%
=> 3:12: max_fails: expected a number of jobs from 1, or a percentage, found '101%'
   write 10 or 10%
# a format that nobody knows
collect: {results.json: jsn}
=> 3:25: collect.results.json: 'jsn' is no format that is known
   write one of json, csv
# what still comes later
canary: 1
notify: {webhook: x}
sandbox: strict
=> 3:1: canary: 'canary' is known, but this version cannot do it yet
   remove it
=> 4:1: notify: 'notify' is known, but this version cannot do it yet
   remove it
=> 5:1: sandbox: 'sandbox' is known, but this version cannot do it yet
   remove it
`)

test.each(top)('$title', ({ text, expected }) => {
  expect(shown(job + text, new Set())).toBe(expected)
})

const inJobs = casesOf(`
# a need that no job has
    - {name: mesh, file: f}
    - {name: solve, file: f, needs: [mush, plot]}
=> 5:38: python.jobs[1].needs[0]: there is no job 'mush'
   did you mean 'mesh'?
=> 5:44: python.jobs[1].needs[1]: there is no job 'plot'
   name a job of this file
# a job that needs itself
    - {name: mesh, file: f, needs: [mesh]}
=> 4:37: python.jobs[0].needs[0]: the jobs need each other in a circle: mesh -> mesh
   remove one of these needs
# a circle
    - {name: a, file: f, needs: [c]}
    - {name: b, file: f, needs: [a]}
    - {name: c, file: f, needs: [b]}
    - {name: d, file: f, needs: [a, b, c]}
=> 5:34: python.jobs[1].needs[0]: the jobs need each other in a circle: a -> c -> b -> a
   remove one of these needs
# needs that are no list
    - {name: a, file: f, needs: b}
=> 4:33: python.jobs[0].needs: expected a list, found text
   write a list: [job_1]
# a key of the whole jobset
    - {name: a, file: f, priority: 3}
=> 4:26: python.jobs[0].priority: unknown key 'priority'
   'priority' belongs at the top level
# a wrong limit
    - {name: a, file: f, time_limit: soon}
=> 4:38: python.jobs[0].time_limit: "soon" is no duration
   write for example 90s, 30m, 1h30m, 2d or 00:30:00
`)

test.each(inJobs)('$title', ({ text, expected }) => {
  expect(shown(`meta: {batch_name: b, namespace: n}\npython:\n  jobs:\n${text}`, new Set())).toBe(expected)
})

test('the same limit that is wrong in ten thousand jobs is a circle only once', () => {
  const jobs = Array.from({ length: 20_000 }, (_, i) => `    - {name: j${i}, file: f, needs: [j${(i + 1) % 20_000}]}\n`).join('')
  const told = shown(`meta: {batch_name: b, namespace: n}\npython:\n  jobs:\n${jobs}`, new Set())
  expect(told).toContain('the jobs need each other in a circle: j0 -> j1 -> j2 -> j3 -> j4 -> j5 -> … -> j0\n')
  expect(told.match(/^=>/gm)).toHaveLength(1)
})
