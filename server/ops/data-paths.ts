// Names inside the head's data folder.
//
//   dist.sqlite  packs/  results/  blobs/  logs/  admin.token  head.yaml  head.lock  head.json (only while a head runs)
import { join } from 'node:path'

export interface DataPaths {
  readonly root: string
  readonly database: string
  readonly results: string
  readonly incoming: string
  readonly packs: string
  readonly blobs: string
  readonly logs: string
}

/** `root` absolute. */
export function dataPaths(root: string): DataPaths {
  const part = (name: string): string => join(root, name)
  return {
    root,
    database: part('dist.sqlite'),
    results: part('results'),
    incoming: join(root, 'results', '.incoming'),
    packs: part('packs'),
    blobs: part('blobs'),
    logs: part('logs'),
  }
}
