/** Where pixels lie, as the services know it. Absolute paths; nothing here leaves main. */
import type { Shown } from '../../images/display.ts'

export interface StoredImage {
  /** The original, never changed. */
  file: string
  image: Shown
  /** The sample value shown as white, one for the whole dataset (`fullScale`); left out, by the image alone. */
  white?: number
}

/** Null means: there is no such thing. May throw a Failure, for instance while no workspace is open. */
export interface AssetSource {
  /** Folder for pictures that can be made again at any time; null while no workspace is open. */
  readonly cacheFolder: string | null
  imageFile(image: number): StoredImage | null
  /** The mask as it was imported, in whatever format. */
  maskFile(image: number): string | null
  /** A file of `writeAnomalyMap`. */
  mapFile(run: string, image: number): string | null
  reconstructionFile(run: string, image: number): string | null
  previewFile(run: string, name: string, step: number): string | null
}
