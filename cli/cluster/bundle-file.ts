// bundle.json: what a bundle is made of, so that `dist import` finds its jobs again and can submit the jobset where it is not yet.
import type { JobSpec, JobsetSpec } from '../../shared/model/jobset.ts'
import type { SchedulerName } from './scheduler.ts'

/** Grows when a reader of the version before could misunderstand it. */
export const bundleFormat = 1

export interface BundleFile {
  readonly format: typeof bundleFormat
  /** 32 random hex digits; part of the ids of the attempts that come home */
  readonly id: string
  /** version of dist that made it */
  readonly dist: string
  readonly scheduler: SchedulerName
  readonly spec: JobsetSpec
  readonly jobs: readonly { readonly folder: string; readonly spec: JobSpec }[]
  /** SHA-256 of an input -> where its content lies in the bundle */
  readonly contents: Readonly<Record<string, string>>
}
