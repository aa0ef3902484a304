// Parameters that tell a batchtools script where it runs and what it is called. Which ones depends on the script: its update()
// dies of a key that its config does not have, so they can be chosen (`batchtk.keys`).
import type { Bookkeeping } from '../model/search.ts'
import { type Params, text } from '../model/value.ts'

/** netpyne's SimConfig has saveFolder and simLabel; newer models declare the pointers of batchtk's own searches. */
export const dialects = {
  netpyne: [
    ['saveFolder', 'folder'],
    ['simLabel', 'label'],
  ],
  pointers: [
    ['_batchtk_path_pointer', 'folder'],
    ['_batchtk_label_pointer', 'label'],
  ],
  none: [],
} as const satisfies Readonly<Record<string, Bookkeeping>>

/** `folder`: absolute, the trial's own; `label`: as of trialLabel. */
export function bookkeepingParams(keys: Bookkeeping, place: { readonly folder: string; readonly label: string }): Params {
  return keys.map(([name, carries]) => [name, text(place[carries])] as const)
}
