// File systems that several machines can share: flock, rename and mmap lie there, so no data or work folder may be on one.
import { statfsSync } from 'node:fs'

/** statfs(2) f_type */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x00c36400, 'Ceph'],
  [0x19830326, 'BeeGFS'],
  [0x7461636f, 'OCFS2'],
])

/** Name of the network file system that the folder is on; null for a local one. */
export function networkDisk(folder: string): string | null {
  return networkTypes.get(statfsSync(folder).type >>> 0) ?? null
}
