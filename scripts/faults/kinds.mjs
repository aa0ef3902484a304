// The campaigns of `npm run faults`: which test a campaign runs, and what it tells it. One entry is one more campaign.
// `project` and `file`: the test, for vitest. `takes`: the campaign's flag has a value. `env(options)`: what the test reads;
// the options are those of faults.mjs, as strings.

export const kinds = [
  {
    name: 'sim',
    what: 'stories of the simulated cluster: --seeds N (default 1000) from --seed S (default by the clock); --seed S alone repeats one, --steps A,B,… only these steps of it',
    project: 'unit',
    file: 'test/sim/cluster.test.ts',
    env: ({ seed, seeds, steps }) => ({
      DIST_SIM_SEED: seed ?? String(Date.now() % 1_000_000_000),
      DIST_SIM_SEEDS: seeds ?? (seed === undefined ? '1000' : '1'),
      ...(steps === undefined ? {} : { DIST_SIM_STEPS: steps }),
    }),
  },
  {
    name: 'points',
    what: 'head, agent, launcher and keeper end before each of their calls: all, or those named: --only head:work:12,keeper:recovery:3',
    project: 'faults',
    file: 'test/faults/crash-points.test.ts',
    env: ({ only, seed }) => ({ DIST_POINTS: only ?? 'all', ...(seed === undefined ? {} : { DIST_POINTS_SEED: seed }) }),
  },
  {
    name: 'power',
    takes: 'N',
    what: 'the power of the head, then of a node, is cut N times; --seed S decides when (default by the clock); as root',
    project: 'faults',
    file: 'test/faults/power-cut.test.ts',
    env: ({ power, seed }) => ({ DIST_POWER: power, DIST_POWER_SEED: seed ?? String(Date.now() % 1_000_000_000) }),
  },
  {
    name: 'real',
    what: 'a cluster in network namespaces under real faults: --minutes N (default 10), --seed S decides which (default by the clock), --only KIND,…; as root',
    project: 'faults',
    file: 'test/faults/real.test.ts',
    env: ({ minutes, seed, only }) => ({
      DIST_REAL_MINUTES: minutes ?? '10',
      DIST_REAL_SEED: seed ?? String(Date.now() % 1_000_000_000),
      ...(only === undefined ? {} : { DIST_REAL_ONLY: only }),
    }),
  },
  {
    name: 'storm',
    what: 'head and agents are killed again and again while 200 jobs run: --seed S decides who and when (default by the clock)',
    project: 'faults',
    file: 'test/faults/kill-storm.test.ts',
    env: ({ seed }) => ({ DIST_STORM_SEED: seed ?? String(Date.now() % 1_000_000_000) }),
  },
]
