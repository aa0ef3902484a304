// `dist-server --check`: the parts of a look at a data folder, put together. Called by main.ts.
import type { Check } from '../shared/model/check.ts'
import { diskSpace } from './blobs/disk-space.ts'
import { checkData } from './ops/check-data.ts'
import { inspectDatabase } from './store/inspect-database.ts'
import { schemaVersion } from './store/migrate.ts'

export function checkHead(data: string): Promise<Check[]> {
  return checkData(data, { space: (root) => diskSpace(root), schema: schemaVersion, inspect: inspectDatabase })
}
