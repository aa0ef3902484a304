// Which form a CSV of a search has by default, and as the released batchtools leave it.
import type { SearchReply } from '../../shared/api/types.ts'
import type { CsvForm } from './csv.ts'

/** `trial_path`: where `dist pull` puts a trial's files, below its folder. */
export function csvFormOf({ batch, report, pruneMetadata }: SearchReply, bare: boolean): CsvForm {
  return {
    groups: report,
    bare,
    machinery: !pruneMetadata,
    pathOf: (label) => `${batch}/${label}`,
    keys: [
      ['saveFolder', 'folder'],
      ['simLabel', 'label'],
    ],
  }
}
