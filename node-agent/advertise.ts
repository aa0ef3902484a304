// What this node tells the head about itself, kept up to date while it runs: agent.yaml and the disk are watched.
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import type { AgentSettings } from '../shared/config/agent-settings.ts'
import type { NodeInfo } from '../shared/wire/gen/dist/NodeInfo.ts'
import type { AgentOptions } from './config/flags.ts'
import { mergeSettings, type NodeSettings, type Probed } from './config/node-settings.ts'
import { probeCores } from './probe/cores.ts'
import { diskLow } from './probe/disk.ts'
import { ownWords, probeMemory, probeOs } from './probe/system.ts'

const diskEvery = 10_000

export class Advertisement {
  readonly #options: AgentOptions
  readonly #probed: Probed
  readonly #work: string
  readonly #changed: () => void
  #file: AgentSettings
  #diskLow: boolean
  #draining = false
  #timer: NodeJS.Timeout | null = null

  /** `python`: version of python3, null where there is none. `changed` is called when `info` gives something new. */
  constructor(parts: { options: AgentOptions; file: AgentSettings; work: string; python: string | null; changed: () => void }) {
    const memory = probeMemory()
    const os = probeOs()
    this.#options = parts.options
    this.#file = parts.file
    this.#work = parts.work
    this.#changed = parts.changed
    this.#diskLow = diskLow(parts.work)
    this.#probed = {
      hostName: hostname(),
      cores: probeCores(),
      memory,
      words: (cores) => ownWords({ cores, memory, os, python: parts.python }),
    }
  }

  get settings(): NodeSettings {
    return mergeSettings(this.#options, this.#file, this.#probed)
  }

  /** absolute path of the key for builds that clone, from agent.yaml */
  get sshKey(): string | null {
    const key = this.#file.gitSshKey
    return key === undefined ? null : resolve(this.#work, key)
  }

  info(): NodeInfo {
    const { name, capabilities, cores, memory } = this.settings
    return {
      name,
      capabilities: [...capabilities],
      cores,
      memory,
      slots: 1,
      disk_low: this.#diskLow,
      once: this.#options.once,
      draining: this.#draining,
    }
  }

  /** The agent ends: from now on no new work, or what is handed back would come again. */
  leave(): void {
    this.#draining = true
    this.#changed()
  }

  /** agent.yaml says something else now. */
  takeFile(file: AgentSettings): void {
    this.#file = file
    this.#changed()
  }

  watchDisk(): void {
    this.#timer ??= setInterval(() => {
      const low = diskLow(this.#work)
      if (low === this.#diskLow) return
      this.#diskLow = low
      this.#changed()
    }, diskEvery)
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
  }
}
