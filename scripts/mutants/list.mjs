// Defects that the suite must catch (`npm run mutants`): each is one change of text in one file, and the tests that have to
// turn red by it. docs/reliability.md shows the list.

/** `from` stands in `file` exactly once. `tests`: vitest project, then file filters. */
export const mutants = [
  {
    name: 'any node may finish an attempt',
    file: 'server/store/transitions/finish.ts',
    from: 'JOIN jobset s ON s.id = a.jobset WHERE a.id = ? AND a.node = ?',
    to: "JOIN jobset s ON s.id = a.jobset WHERE a.id = ? AND ? <> ''",
    tests: ['unit', 'server/store/commit'],
  },
  {
    name: 'a second result replaces the first',
    file: 'server/store/transitions/finish.ts',
    from: "WHERE id = ? AND committed_attempt IS NULL AND state NOT IN ('succeeded', 'failed', 'cancelled')",
    to: 'WHERE id = ?',
    tests: ['unit', 'server/store/commit'],
  },
  {
    name: 'a finish that is told twice counts twice',
    file: 'server/store/transitions/finish.ts',
    from: "if (!open.has(row.state)) return reply('duplicate')",
    to: '',
    tests: ['unit', 'server/store'],
  },
  {
    name: 'a job that was given is given again',
    file: 'server/store/transitions/claim.ts',
    from: "WHERE id = ? AND state = 'ready' RETURNING",
    to: 'WHERE id = ? RETURNING',
    tests: ['unit', 'server/store/commit'],
  },
  {
    name: 'an attempt that was lost after its start costs nothing',
    file: 'server/store/transitions/lose.ts',
    from: '(row.number === null ? 0 : 1)',
    to: '0',
    tests: ['unit', 'server/store'],
  },
  {
    name: 'packs are forgotten at the start of the head',
    file: 'server/store/recover.ts',
    from: 'if (!byPack.has(pack)) unlinkSync',
    to: 'unlinkSync',
    tests: ['unit', 'server/store/commit'],
  },
  {
    name: 'results are acknowledged before they are synced',
    file: 'server/store/packs.ts',
    from: '        fdatasyncSync(pack.fd)\n',
    to: '',
    tests: ['faults', 'test/faults/power-cut'],
  },
  {
    name: 'a head that slept takes its own sleep for the silence of its nodes',
    file: 'server/core/node-events.ts',
    from: 'if (late > tickEvery) for',
    to: 'if (late < 0) for',
    tests: ['unit', 'server/core/node-events'],
  },
  {
    name: 'what was asked of the store and is not answered takes no room on its node',
    file: 'server/core/lanes.ts',
    from: 'for (const claim of node.claims) occupy(lanes, claim)',
    to: '',
    tests: ['unit', 'server/core/plan-property'],
  },
  {
    name: 'the agent does not send a result again when the head asks for it',
    file: 'node-agent/core/head-work.ts',
    from: 'if (attempt !== undefined) deliver(attempt, effects)\n      // Forgotten',
    to: 'if (attempt !== undefined) return\n      // Forgotten',
    tests: ['unit', 'node-agent/core', 'test/sim'],
  },
  {
    name: 'a keeper leaves running what the one before it had started',
    file: 'python/keeper_recover.py',
    from: '        processes.kill(each, signal.SIGKILL)\n    wait_gone(left)',
    to: '        pass',
    tests: ['unit', 'node-agent/launcher/keeper-tree'],
  },
  {
    name: 'a journal record is believed whatever its checksum says',
    file: 'node-agent/journal/read.ts',
    from: "if (line.toString('latin1', 0, 8) !== crc32(body).toString(16).padStart(8, '0')) return null",
    to: 'void crc32',
    tests: ['unit', 'node-agent/journal'],
  },
  {
    name: "what a dead keeper took of a job's inputs is not prepared again",
    file: 'node-agent/core/recover.ts',
    from: 'else if (attempt.folder) {',
    to: 'else if (attempt.folder && attempt.killed !== null) {',
    tests: ['unit', 'node-agent/core'],
  },
  {
    name: 'a build that an inventory shows late leaves the row of a newer order open',
    file: 'server/core/node-events.ts',
    from: "effects.dropBuilds([other.id], 'its node holds another build of the same')",
    to: 'effects.schedule()',
    tests: ['unit', 'server/core/node-events'],
  },
]
