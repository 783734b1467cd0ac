/** Where the files of pixels lie on disk, as absolute paths. These paths never leave main. */
import type { Shown } from '../../images/display.ts'

export interface StoredImage {
  /** The original, never changed. */
  file: string
  image: Shown
  /**
   * The sample value shown as white, the same for the whole dataset (`fullScale`); if left out, it is taken from the
   * image alone.
   */
  white?: number
}

/**
 * Each method answers null where the asked-for file does not exist. It may throw a Failure, for instance while no
 * workspace is open.
 */
export interface AssetSource {
  /** Folder for computed pictures, which can be deleted at any time; null while no workspace is open. */
  readonly cacheFolder: string | null
  imageFile(image: number): StoredImage | null
  /** The mask as it was imported, in whatever format. */
  maskFile(image: number): string | null
  /** A file of `writeAnomalyMap`. */
  mapFile(run: string, image: number): string | null
  reconstructionFile(run: string, image: number): string | null
  previewFile(run: string, name: string, step: number): string | null
}
