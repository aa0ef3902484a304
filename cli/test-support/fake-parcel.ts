// Files of the fake head as a parcel, and single frames for a head that lies.
import type { WantedFile } from '../../shared/api/client.ts'
import { type FrameKind, parcelHead, writeHead } from '../../shared/files/parcel.ts'
import type { FakeState } from './fake-state.ts'

export function foundFile(state: FakeState, { job, path, attempt }: WantedFile): Buffer | undefined {
  if (attempt === undefined) return state.files.get(job)?.[path]
  return state.kept.get(job)?.find((one) => one.attempt === attempt)?.files[path]
}

export function filesParcel(state: FakeState, { files }: { readonly files: readonly WantedFile[] }): Buffer {
  const frames = files.map((wanted, index) => {
    const data = foundFile(state, wanted)
    return data === undefined ? problem(index, 'it is not there') : frame(index, 'file', data)
  })
  return Buffer.concat([...frames, frame(files.length, 'end')])
}

/** One frame of a parcel; `length` may lie. */
export function frame(index: number, kind: FrameKind, body: Buffer = Buffer.alloc(0), length = body.length): Buffer {
  const head = Buffer.alloc(parcelHead)
  writeHead(head, 0, { index, kind, length })
  return Buffer.concat([head, body])
}

export function problem(index: number, message: string): Buffer {
  return frame(index, 'problem', Buffer.from(JSON.stringify({ code: 'not_found', message })))
}
