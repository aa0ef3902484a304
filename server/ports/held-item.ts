// One thing of a node's inventory when it connects.
import type { AttemptId } from '../../shared/model/ids.ts'

export interface HeldItem {
  readonly attempt: AttemptId
  readonly state: 'ahead' | 'running' | 'finished'
  readonly build: boolean
}
