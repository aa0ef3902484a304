// Contents that nothing named at one moment. Implemented by store/unused-blobs.ts; removed by the transition collectBlobs.
import type { Sha256 } from '../../shared/model/ids.ts'

export interface UnusedBlobs {
  readonly blobs: readonly { readonly sha256: Sha256; readonly size: number }[]
  /** newest jobset at that moment: a newer one may name them */
  readonly above: number
}
