// What `npm test` runs, in this order. A check is a command that counts as one; a suite is a vitest project.

export const checks = [
  { name: 'format and lint', bin: 'biome', args: ['check', '--max-diagnostics=50', '--error-on-warnings', '.'] },
  { name: 'types', bin: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'dead code', bin: 'knip', args: ['--no-progress'] },
]

/** vitest.config.ts has a project of each name. */
export const suites = [{ name: 'unit' }, { name: 'contract' }, { name: 'e2e' }, { name: 'faults' }, { name: 'examples' }]
