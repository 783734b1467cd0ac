/** Where pixels lie, as the services know it. Absolute paths; nothing here leaves main. */
import type { ImageFormat, Sha256 } from '../../shared/domain.ts'

export interface StoredImage {
  /** The original, never changed. */
  file: string
  sha256: Sha256
  format: ImageFormat
  bitDepth: 8 | 16
  /** Largest sample value in the file. */
  peak: number
}

export interface StoredMap {
  /** 16-bit gray PNG. */
  file: string
  /** Anomaly = sample / 65535 * scale. */
  scale: number
}

/** Null means: there is no such thing. May throw a Failure, for instance while no workspace is open. */
export interface AssetSource {
  /** Folder for pictures that can be made again at any time; null while no workspace is open. */
  readonly cacheFolder: string | null
  imageFile(image: number): StoredImage | null
  maskFile(image: number): string | null
  map(run: string, image: number): StoredMap | null
  reconstructionFile(run: string, image: number): string | null
  previewFile(run: string, name: string, step: number): string | null
}
