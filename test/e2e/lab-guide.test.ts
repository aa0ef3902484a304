// The guides that need more than one machine, typed as they stand; every machine is a network namespace.
import { expect, test } from 'vitest'
import { runInLab } from '../support/guides/lab.ts'

const nodes = ['lab1', 'lab2', 'lab3']

// The bar is five minutes for a person; the time limit of the test is a fifth of that.
test('the lab guide gives a head, three agents and pulled results', { timeout: 60_000 }, async (context) => {
  const { output } = await runInLab('docs/guides/five-machines.md', context, { reader: 'laptop', others: ['head', ...nodes] })
  // what the guide shows was compared; that every node computed is for us to see
  for (const node of nodes) expect(output).toContain(`computed on ${node}`)
})

test('what the guide for administrators says works', { timeout: 60_000 }, async (context) => {
  const machines = { reader: 'head', others: ['lab1', 'laptop'], folders: ['/srv/dist', '/mnt/backup'] }
  await runInLab('docs/guides/administrators.md', context, machines)
})
