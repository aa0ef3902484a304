#!/usr/bin/env node
// `npm run demo`: set-up, then the main job on this machine: one head, two agents, examples/heat, results in
// demo-results/. Stops everything that it started and removes its own folder, also after Ctrl-C or a failure.
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { runCommand, startDaemon, sweep } from './demo/processes.mjs'
import { summaryTable } from './demo/summary.mjs'
import { setUp } from './setup.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const demos = join(root, '.demo')
const folder = join(demos, `run-${process.pid}`)
const results = join(root, 'demo-results')
const jobset = 'heat/plates'

/** Aborted by Ctrl-C and by a daemon that ends on its own. */
const ending = new AbortController()
const daemons = []
let interruptions = 0
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(name, () => {
    interruptions += 1
    ending.abort(new Error('interrupted'))
  })
}

function program(name, ...args) {
  return [process.execPath, join(root, 'build', name, 'main.js'), ...args]
}

/** Our environment without what npm and a user's own `dist` put there. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(npm_|DIST_)/i.test(key)))
}

function start(name, argv, log) {
  daemons.push(startDaemon(name, argv, { env: cleanEnvironment(), log: join(folder, log), onFailure: (error) => ending.abort(error) }))
}

async function startHead() {
  const readyFile = join(folder, 'ready.json')
  const flags = ['--data', join(folder, 'head'), '--http', '127.0.0.1:0', '--grpc', '127.0.0.1:0', '--ready-file', readyFile]
  start('the head', program('server', ...flags), 'head.log')
  const ready = await readFileWhenThere(readyFile)
  return { ...cleanEnvironment(), DIST_HEAD: ready.http, DIST_TOKEN: ready.adminToken }
}

async function readFileWhenThere(file) {
  for (let tries = 0; tries < 1000; tries++) {
    ending.signal.throwIfAborted()
    try {
      return JSON.parse(readFileSync(file, 'utf8'))
    } catch {
      await pause(20)
    }
  }
  throw new Error('the head did not get ready within 20 s')
}

async function api(env, method, path) {
  const reply = await fetch(`${env.DIST_HEAD}/api/v1${path}`, { method, headers: { authorization: `Bearer ${env.DIST_TOKEN}` } })
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`)
  return reply.json()
}

async function startAgent(name, env) {
  const { code } = await api(env, 'POST', '/nodes/invite') // what `dist node invite` does
  const cores = Math.max(1, Math.floor(availableParallelism() / 2))
  const flags = ['--head', env.DIST_HEAD, '--join', code, '--work', join(folder, name), '--name', name]
  start(name, program('node-agent', ...flags, '--cores', String(cores)), `${name}.log`)
}

/** Until the head shows both as connected: then `dist add` has nothing to warn about. */
async function waitForAgents(env, count) {
  for (let tries = 0; tries < 500; tries++) {
    ending.signal.throwIfAborted()
    const { nodes } = await api(env, 'GET', '/nodes')
    if (nodes.filter(({ state }) => state !== 'offline' && state !== 'unreachable').length === count) return
    await pause(20)
  }
  throw new Error('the agents did not connect within 10 s')
}

/** One command as a person would type it. */
async function dist(env, ...args) {
  ending.signal.throwIfAborted()
  say(`\n$ dist ${args.join(' ')}`)
  const { status } = await runCommand(program('cli', ...args), { env, signal: ending.signal })
  ending.signal.throwIfAborted()
  return status
}

async function demo() {
  const began = performance.now()
  const env = await startHead()
  await Promise.all([startAgent('node-a', env), startAgent('node-b', env)])
  await waitForAgents(env, 2)
  say(`one head and two agents run after ${((performance.now() - began) / 1000).toFixed(1)} s`)
  if ((await dist(env, 'add', 'examples/heat/jobs.yaml')) !== 0) throw new Error('dist add failed')
  const outcome = await dist(env, 'wait', jobset)
  rmSync(results, { recursive: true, force: true })
  if ((await dist(env, 'pull', jobset, '--save-dir', 'demo-results')) !== 0) throw new Error('dist pull failed')
  const listed = await runCommand(program('cli', 'jobs', jobset, '--json'), { env, capture: true, signal: ending.signal })
  if (listed.status !== 0) throw new Error('dist jobs failed')
  const batch = join(results, 'plates')
  say(`\n${summaryTable(JSON.parse(listed.stdout).jobs, batch).join('\n')}`)
  say(`\nLook at ${relative(root, batch)}/labyrinth/temperature.png (picture) and temperature.csv (table) beside it.`)
  if (outcome !== 0) throw new Error('not every job succeeded')
}

/** Agents first: they tell the head. Twice Ctrl-C does not wait for anybody. */
async function cleanUp() {
  const impatient = (async () => {
    while (interruptions < 2) await pause(50, undefined, { ref: false })
  })()
  const [head, ...agents] = daemons
  await Promise.race([Promise.all(agents.map((agent) => agent.stop())).then(() => head?.stop()), impatient])
  await sweep(folder)
  rmSync(folder, { recursive: true, force: true })
  if (readdirSync(demos).length === 0) rmdirSync(demos)
}

/** What a demo that was killed left in .demo/. */
async function removeLeftovers() {
  for (const name of readdirSync(demos)) {
    const pid = Number(/^run-(\d+)$/.exec(name)?.[1])
    if (!pid || isAlive(pid)) continue
    await sweep(join(demos, name))
    rmSync(join(demos, name), { recursive: true, force: true })
  }
}

/** What head and agents said last: their folder is about to go. */
function showLogs() {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.log'))) {
    const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
    process.stderr.write(`--- ${name}\n${lines.slice(-20).join('\n')}\n`)
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function say(text) {
  process.stdout.write(`${text}\n`)
}

try {
  process.chdir(root)
  setUp({ tests: false })
  mkdirSync(demos, { recursive: true })
  await removeLeftovers()
  mkdirSync(folder)
  try {
    await demo()
  } catch (error) {
    if (interruptions > 0) throw error
    showLogs()
    throw ending.signal.aborted ? ending.signal.reason : error
  } finally {
    await cleanUp()
  }
} catch (error) {
  if (interruptions > 0) process.exitCode = 130
  else {
    process.stderr.write(`demo: ${error.message}\n`)
    process.exitCode = 1
  }
}
