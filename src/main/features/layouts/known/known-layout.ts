import type { KnownLayout } from '../../../../shared/import-plan.ts'
import type { DocumentKind } from '../documents.ts'

/** What was found in a folder, by which a layout is known. */
export interface Evidence {
  /** Paths of all folders with files in them, in the form of `plain` part by part. */
  folders: readonly string[]
  /** Laid out by splits and types of defects as MVTec AD is. */
  hasTypedSplits: boolean
  /** Masks that lie in the folder of their photograph. */
  masksBeside: number
  /** Of those, the ones with the very name of the photograph but another ending. */
  masksOfSameName: number
  /** Photographs with a folder of masks of their own. */
  maskFolders: number
  photographs: number
  documents: ReadonlySet<DocumentKind>
  hasTable: boolean
}

/** A layout in which data sets are published or programs export. */
export interface Recogniser {
  name: KnownLayout
  fits(evidence: Evidence): boolean
  /** What a photograph is for which no mask was found and no folder says anything. */
  unmasked?: 'normal'
}

export const hasFolder = ({ folders }: Evidence, pattern: RegExp): boolean =>
  folders.some((folder) => pattern.test(folder))
