// What this node tells the head about itself, kept up to date while it runs: agent.yaml and the disk are watched.
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { AgentSettings } from '../shared/config/agent-settings.ts'
import type { NodeInfo } from '../shared/wire/gen/dist/NodeInfo.ts'
import type { AgentOptions } from './config/flags.ts'
import { mergeSettings, type NodeSettings, type Probed } from './config/node-settings.ts'
import { type PinFacts, whyUnbound } from './config/pinning.ts'
import type { Environment } from './launcher/messages.ts'
import { runProbes } from './probe/capabilities.ts'
import { probeCores } from './probe/cores.ts'
import { type Disk, diskNews, probeDisk } from './probe/disk.ts'
import { ownWords, probeMemory, probeOs } from './probe/system.ts'

const diskEvery = 10_000

export interface AdvertisementParts {
  readonly options: AgentOptions
  /** agent.yaml as it is now */
  readonly file: AgentSettings
  readonly work: string
  /** version of python3, null where there is none */
  readonly python: string | null
  /** found on this machine */
  readonly gpus: number
  readonly pinning: PinFacts
  readonly ownBuilds: boolean
  /** what jobs get, and so the probes */
  readonly env: Environment
  /** attempts are here, which may be using the disk */
  readonly busy: () => boolean
  /** `info` gives something new */
  readonly changed: () => void
  /** starts a background task that is awaited at the end */
  readonly run: (task: (signal: AbortSignal) => Promise<void>) => void
  readonly warn: (message: string) => void
}

export class Advertisement {
  readonly #parts: AdvertisementParts
  readonly #probed: Omit<Probed, 'found'>
  /** made once for each change: asked for every job */
  #settings: NodeSettings
  #unbound: string
  #file: AgentSettings
  /** what the probes of agent.yaml found */
  #found: readonly string[] = []
  #probing = new AbortController()
  #disk: Disk
  #draining = false
  #timer: NodeJS.Timeout | null = null

  constructor(parts: AdvertisementParts) {
    const memory = probeMemory()
    const os = probeOs()
    this.#parts = parts
    this.#file = parts.file
    this.#disk = probeDisk(parts.work)
    this.#probed = {
      hostName: hostname(),
      cores: probeCores(),
      memory,
      gpus: parts.gpus,
      words: (offered) => ownWords({ ...offered, memory, os, python: parts.python }),
    }
    this.#settings = this.#merge()
    this.#unbound = whyUnbound(parts.pinning, this.#settings.cores)
  }

  get settings(): NodeSettings {
    return this.#settings
  }

  /** why jobs are not bound to CPUs; empty when they are */
  get unbound(): string {
    return this.#unbound
  }

  /** absolute path of the key for builds that clone, from agent.yaml */
  get sshKey(): string | null {
    const key = this.#file.gitSshKey
    return key === undefined ? null : resolve(this.#parts.work, key)
  }

  /** where trials connect to, from agent.yaml */
  get answerHost(): string {
    return this.#file.answerAddress ?? '127.0.0.1'
  }

  info(): NodeInfo {
    const { name, capabilities, cores, slots, gpus, memory } = this.#settings
    const { options, ownBuilds } = this.#parts
    return {
      name,
      capabilities: [...capabilities],
      cores,
      memory,
      slots,
      gpus,
      disk: this.#disk.room,
      disk_low: this.#disk.low,
      own_builds: ownBuilds,
      pinning: this.#unbound,
      once: options.once,
      draining: this.#draining,
    }
  }

  /** The agent ends: from now on no new work, or what is handed back would come again. */
  leave(): void {
    this.#draining = true
    this.#parts.changed()
  }

  /** agent.yaml says something else now: told at once, and again when its probes have found something else. */
  takeFile(file: AgentSettings): void {
    this.#file = file
    this.#found = this.#found.filter((word) => Object.hasOwn(file.probes ?? {}, word.split('=', 1)[0] ?? word))
    this.#change()
    this.#parts.run((signal) => this.probe(signal))
  }

  /** Runs the probes of agent.yaml, and tells when they found something else than before. */
  async probe(signal: AbortSignal): Promise<void> {
    this.#probing.abort()
    this.#probing = new AbortController()
    const over = AbortSignal.any([signal, this.#probing.signal])
    const { env, work, warn } = this.#parts
    const found = await runProbes(this.#file.probes ?? {}, { env, cwd: work, warn, signal: over })
    if (over.aborted || found.join() === this.#found.join()) return
    this.#found = found
    this.#change()
  }

  watchDisk(): void {
    this.#timer ??= setInterval(() => {
      const news = diskNews(this.#disk, probeDisk(this.#parts.work), this.#parts.busy())
      if (news === null) return
      this.#disk = news
      this.#parts.changed()
    }, diskEvery)
  }

  /** The disk refused something, whatever it says of its room: no new work until the next look. */
  diskFull(): void {
    if (this.#disk.low) return
    this.#disk = { low: true, room: this.#disk.room }
    this.#parts.changed()
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }

  #change(): void {
    this.#settings = this.#merge()
    this.#unbound = whyUnbound(this.#parts.pinning, this.#settings.cores)
    this.#parts.changed()
  }

  #merge(): NodeSettings {
    return mergeSettings(this.#parts.options, this.#file, { ...this.#probed, found: this.#found })
  }
}
