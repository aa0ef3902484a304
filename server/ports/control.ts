// What people may change about jobsets and nodes while they are at work. Durable before it is answered. Implemented by loop/.
import type { JobsetId, NodeId } from '../../shared/model/ids.ts'

export interface Released {
  /** a hold was lifted */
  readonly lifted: boolean
  /** jobs whose back-off is over now */
  readonly jobs: number
}

export interface ControlPort {
  prioritise(id: JobsetId, priority: number, by: string): Promise<void>
  /** False when it was held already, or has ended. */
  hold(id: JobsetId, by: string): Promise<boolean>
  /** `jobs`: names, null = all and the hold too. `not_found` for an unknown name. */
  release(id: JobsetId, jobs: readonly string[] | null, by: string): Promise<Released>
  /** A node by id or name; `not_found` when there is none. */
  node(text: string): NodeId
  /** `seconds` null = until it is resumed. Answers when it is over, wall ms. */
  pauseNode(node: NodeId, seconds: number | null, by: string): Promise<number | null>
  /** False when it was not paused. */
  resumeNode(node: NodeId, by: string): Promise<boolean>
  /** How many jobsets may be built there again. */
  clearNode(node: NodeId, by: string): Promise<number>
}
