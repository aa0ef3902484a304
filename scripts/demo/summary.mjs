// The table at the end of a demo: what every job did, where, and what it left.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** `jobs` as `dist jobs --json` gives them; `results` is the folder of the batch. Returns lines. */
export function summaryTable(jobs, results) {
  const rows = jobs.map((job) => [
    job.name,
    job.node ?? '-',
    job.usage === null ? '-' : `${job.usage.wallSeconds.toFixed(2)} s`,
    outcome(job),
    filesOf(join(results, job.name)),
  ])
  const all = [['job', 'node', 'time', 'outcome', 'files'], ...rows]
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)))
  const line = (row) => row.map((cell, column) => (column === 2 ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
  return all.map((row) => `  ${line(row).join('   ').trimEnd()}`)
}

function outcome({ state, outcome: found }) {
  if (found === null) return state
  if (found.kind !== 'failed') return found.kind
  return found.signal ? `failed: ${found.signal}` : `failed: exit code ${found.exitCode}`
}

function filesOf(folder) {
  let names
  try {
    names = readdirSync(folder)
  } catch {
    return 'none'
  }
  const bytes = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  return `${names.sort().join(', ')} (${Math.ceil(bytes / 1024)} KiB)`
}
