// Searches that are wrong, word for word.
import { expect, test } from 'vitest'
import { casesOf, shown } from '../test-cases.ts'

const cases = casesOf(`
# a misspelt key
shell:
search: {comand: x, params: {x: [1]}}
=> 3:10: search.comand: unknown key 'comand'
   did you mean 'command'?
# no parameters
shell:
search: {command: x}
=> 3:9: search: the key 'params' is missing
   params: the search space: names with values, lists, or domains
# an empty space
shell:
search: {command: x, params: {}}
=> 3:30: search.params: there are no parameters
   write name: [1, 2, 3] below it
# a search beside jobs
python: {jobs: [{name: j, file: f}]}
search: {command: x, params: {x: [1]}}
=> 2:10: python.jobs: a jobset with a search has no jobs of its own: the search makes them
   remove jobs, or search
# a search without a kind
search: {command: x, params: {x: [1]}}
=> 1:1: the key 'python' is missing
   write python, shell or apptainer: what a search runs
# nothing to run
python:
search: {params: {x: [1]}}
=> 3:1: search: the search does not say what a trial runs
   command: python3 run.py, or file: run.py
# two things to run
python:
search: {command: x, file: run.py, run_config: {command: y}, params: {x: [1]}}
=> 3:22: search.file: a trial runs one thing, and 'command' is there
   keep one of them
=> 3:49: search.run_config.command: the command is there twice: search.command is set too
   keep one of them
# a script in a shell search
shell:
search: {file: run.py, params: {x: [1]}}
=> 3:10: search.file: only python jobsets run a script
   write command, and name the file in shell.initialize.required_files
# a command for an image
apptainer: {initialize: {sif: a.sif}}
search: {command: x, setup: y, params: {x: [1]}}
=> 3:10: search.command: an apptainer search has no 'command'
   a trial runs the app 'distribute' of the image; remove it
=> 3:22: search.setup: an apptainer search has no 'setup'
   a trial runs the app 'distribute' of the image; remove it
# an algorithm that nobody knows
shell:
search: {command: x, algorithm: optna, params: {x: [1]}}
=> 3:33: search.algorithm: there is no algorithm 'optna'
   did you mean 'optuna'?
# more values than an optimiser can be given
shell:
search: {command: x, algorithm: optuna, params: {x: {linspace: [0, 1, 6000]}, y: {range: 6000}}}
=> 3:49: search.params: under optuna it has 12,000 values to choose from, and an optimiser takes at most 10,000
   an interval, like {uniform: [0, 1]} or {int: [0, 1000]}, has no such limit
=> 3:53: notice: search.params.x: optuna takes these values as a choice, it does not try all of them (and in 1 more place)
   write {choice: […]}, or algorithm: grid
# an algorithm that is gone
shell:
search: {command: x, algorithm: sigopt, params: {x: [1]}}
=> 3:33: search.algorithm: sigopt cannot be used: the service behind sigopt was shut down
   use optuna; known are grid, random, lhs, halving, optuna, cmaes, hyperopt, bayesopt, nevergrad, ax, hebo, bohb, zoopt
# empty and wrong lists
shell:
search:
  command: x
  algorithm: random
  params:
    a: []
    b: [3, 1]
    c: {uniform: [0]}
    d: {unifrom: [0, 1]}
    e: {uniform: [1, 0]}
    f: {range: [0, 5, 0]}
    g: {range: [0.5, 5]}
    h: {coupled: [[0, 1], [1]]}
    i: {grid: 3}
    j: {loguniform: [0, 1]}
    k: {uniform: [0, 1], int: [0, 1]}
    l: {step: 1}
    m: {randint: 5, step: 2}
    n: {int: [1, 5], step: 9}
    o: {normal: [0, -1]}
    p: .inf
=> 7:8: search.params.a: the list is empty
   write its values: [1, 2, 3]
=> 8:8: search.params.b: the lower end 3 is not below the upper end 1
   write {choice: […]} for one of two values
=> 9:18: search.params.c.uniform: expected 2 numbers: [low, high]
=> 10:9: search.params.d.unifrom: unknown key 'unifrom'
   did you mean 'uniform'?
=> 11:18: search.params.e.uniform: the lower end 1 is not below the upper end 0
=> 12:16: search.params.f.range: the step is 0
=> 13:16: search.params.g.range: expected 1 to 3 whole numbers: whole numbers as in Python: [start, stop, step], without stop
=> 14:27: search.params.h.coupled[1]: expected 2 values that belong together
   coupled: [[0, 0], [1, 1]]
=> 15:15: search.params.i.grid: expected a list of values, found a number
   grid: [1, 2, 3]
=> 16:21: search.params.j.loguniform: the logarithm needs a lower end above 0, and it is 0
=> 17:26: search.params.k.int: a parameter has one domain, and 'uniform' is there
   keep one of them
=> 18:8: search.params.l: a parameter needs values
   write a list, or a mapping like {uniform: [0, 1]}
=> 19:21: search.params.m.step: 'randint' has no step
   remove it
=> 20:14: search.params.n.int: the step 9 is longer than from 1 to 5
=> 21:17: search.params.o.normal: the deviation -1 is not above 0
=> 22:8: search.params.p: JSON has no .inf
   write it in quotes: ".inf"
# a grid that nobody could finish
shell:
search: {command: x, num_samples: 2, params: {a: {range: 100000}, b: {range: 100000}}}
=> 3:46: search.params: the grid has 10,000,000,000 points, 2 times each
   a search has at most 1,000,000 trials
# names that cannot be sent or that meet
shell:
params: {g_x: 1}
search:
  command: x
  params:
    a.b: [1]
    a_b: [1]
    foo: [1]
    foo.bar: [1]
    "a=b": [1]
    simLabel: [1]
    g.x: [1]
=> 7:5: search.params.g_x: 'g.x' and 'g_x' would both be DIST_PARAM_G_X
   give one of them another name
=> 8:5: search.params.a_b: 'a.b' and 'a_b' would both be DIST_PARAM_A_B
   give one of them another name
=> 10:5: search.params.foo.bar: 'foo' and 'foo.bar' overlap: which is applied first is not defined
   keep one of them
=> 11:5: search.params.a=b: 'a=b' cannot be the name of a parameter: it has '=', where batchtk cuts name from value
   give it another name
=> 12:5: search.params.simLabel: 'simLabel' is set by dist for every trial
   give it another name, or set batchtk: {keys: none}
# metrics and modes
shell:
search: {command: x, algorithm: optuna, params: {x: {uniform: [0, 1]}}, metric: [a, b, a], mode: [min, loss]}
=> 3:81: search.metric: a metric is there twice
   keep one of them
=> 3:98: search.mode: 'loss' is no mode
   write min or max
=> 3:98: search.mode: there are 3 metrics and 2 modes
   write min, max, or a list of one for each metric
# an optimiser of several metrics, or of none
shell:
search: {command: x, algorithm: cmaes, params: {x: {uniform: [0, 1]}}, metric: [a, b]}
=> 3:80: search.metric: cmaes optimises one metric
   algorithm: optuna takes several
# an optimiser without a metric
shell:
search: {command: x, algorithm: optuna, params: {x: {uniform: [0, 1]}}, metric: none}
=> 3:81: search.metric: optuna needs a metric to optimise
   metric: loss, a key of what the job reports
# points that do not fit
shell:
search:
  command: x
  algorithm: optuna
  params: {x: {uniform: [0, 1]}, n: {int: [1, 5]}, c: {choice: [a, b]}, k: 3}
  points_to_evaluate: [{x: 2, n: 1.5, c: d, k: 4}, {y: 1}, 3]
=> 7:23: search.points_to_evaluate: there are 3 points and num_samples is 1
   num_samples counts them: raise it
=> 7:28: search.points_to_evaluate[0].x: the value is outside of what the parameter may be
   see x in params
=> 7:34: search.points_to_evaluate[0].n: the value is outside of what the parameter may be
   see n in params
=> 7:42: search.points_to_evaluate[0].c: the value is outside of what the parameter may be
   see c in params
=> 7:48: search.points_to_evaluate[0].k: the value is outside of what the parameter may be
   see k in params
=> 7:53: search.points_to_evaluate[1].y: there is no parameter 'y'
   did you mean 'x'?
=> 7:60: search.points_to_evaluate[2]: expected a mapping, found a number
   write {name: value, …}
# a point of a grid that is not whole
shell:
search: {command: x, params: {a: [1, 2], b: [1, 2]}, points_to_evaluate: [{a: 7}]}
=> 3:75: search.points_to_evaluate[0]: the point has no 'b'
   a point names every parameter of the grid
# a name in braces that no parameter has
shell:
search: {command: "x {{lose}} {{x}}", args: ["{{ y }}"], params: {x: [1], loss: 2}}
=> 3:19: search.command: {{lose}}: there is no parameter 'lose'
   did you mean 'loss'?
=> 3:45: search.args: {{y}}: there is no parameter 'y'
   did you mean 'x'?
# halving without a budget
shell:
search: {command: x, algorithm: halving, params: {x: {uniform: [0, 1]}}}
=> 3:33: search.algorithm_config.max: halving needs the largest budget
   algorithm_config: {budget: steps, min: 1, max: 81, factor: 3}
# halving by nonsense
shell:
search: {command: x, algorithm: halving, algorithm_config: {max: 9, min: 10}, params: {x: {uniform: [0, 1]}}}
=> 3:60: search.algorithm_config.max: min is 10 and max is 9
   swap them
# words that are not known
shell:
search: {command: x, job_type: pbs, comm_type: sockets, on_failure: penalty, report: [all], batchtk: {delimiter: ":", keys: netpine}, params: {x: [1]}}
=> 3:32: search.job_type: 'pbs' is not known here
   write one of sh, zsh, sge, ssh_sge, slurm, ssh_slurm
=> 3:48: search.comm_type: 'sockets' is not known here
   did you mean 'socket'?
=> 3:69: search.on_failure: expected skip, stop, or {penalty: 1e9}, found text
=> 3:86: search.report: the groups are path, config and data
   report: [path, config, data]
=> 3:114: search.batchtk.delimiter: ':' is not known here
   did you mean '='?
=> 3:125: search.batchtk.keys: 'netpine' is not known here
   did you mean 'netpyne'?
# numbers out of their range
shell:
search: {command: x, seed: -1, num_samples: 0, max_concurrent: 1.5, batch: maybe, timeout: 3, retries: many, on_failure: {penalty: high}, params: {x: [1]}}
=> 3:28: search.seed: expected a whole number from 0 to 4294967295, found -1
=> 3:45: search.num_samples: expected a whole number from 1 to 1000000, found 0
=> 3:64: search.max_concurrent: expected a whole number from 1 to 1000000, found a number
=> 3:76: search.batch: expected true or false, found text
=> 3:92: search.timeout: "3" is no duration
   write for example 90s, 30m, 1h30m, 2d or 00:30:00
=> 3:104: search.retries: expected a whole number from 0 to 1000, found text
=> 3:132: search.on_failure.penalty: expected a number, found text
# a seed twice
shell:
search: {command: "{{y}}", seed: 1, algorithm: optna, algorithm_config: {random_state: 2}, params: {x: [1]}}
=> 3:19: search.command: {{y}}: there is no parameter 'y'
   did you mean 'x'?
=> 3:48: search.algorithm: there is no algorithm 'optna'
   did you mean 'optuna'?
=> 3:74: search.algorithm_config.random_state: 'random_state' is there twice: search.seed is set too
   keep one of them
# a limit twice
shell:
search: {command: x, timeout: 1h, time_limit: 2h, params: {x: [1]}}
=> 3:22: search.timeout: 'timeout' and 'time_limit' are the same
   keep one of them
# a folder outside of the workspace
shell:
search: {command: x, workdir: ../model, params: {x: [1]}}
=> 3:31: search.workdir: '../model' cannot be the folder of a trial: it has the part '..'
   write a path below the workspace, like model
# fields of run_config that are no numbers
shell:
search: {command: x, job_type: sge, run_config: {cores: all, vmem: lots, realtime: 90}, params: {x: [1]}}
=> 3:32: notice: search.job_type: sge: a trial runs on one ordinary node, with the cores, memory and time of run_config as its own
=> 3:57: search.run_config.cores: expected a whole number from 1 to 65536, found text
=> 3:68: search.run_config.vmem: "lots" is no amount of bytes
   write for example 512MiB, 8GiB or 20GB
=> 3:84: search.run_config.realtime: "90" is no duration
   write for example 90s, 30m, 1h30m, 2d or 00:30:00
# keys of a job
shell:
search: {command: x, run: y, needs: [a], jobs: 3, params: {x: [1]}}
=> 3:22: search.run: unknown key 'run'
   a search has command
=> 3:30: search.needs: unknown key 'needs'
   trials wait for nothing; write after at the top level, or remove it
=> 3:42: search.jobs: unknown key 'jobs'
   a search makes its jobs itself; remove it
`)

test.each(cases)('$title', ({ text, expected }) => {
  expect(shown(`meta: {batch_name: b, namespace: n}\n${text}`, new Set())).toBe(expected)
})

test('a search that is right has its notices and no more', () => {
  const text = 'meta: {batch_name: b, namespace: n}\nshell:\nsearch: {command: x, params: {x: [1]}, output_path: ../batch}\n'
  expect(shown(text)).toBe(`=> 3:40: notice: search.output_path: 'output_path' is not needed here: what a trial saves is shipped to the head
`)
})
