import { Failure } from '../../shared/failure.ts'
import type { RefusalCode } from '../../shared/import.ts'

const remedies: Record<RefusalCode, string> = {
  'empty-file': 'Copy the file again from the camera; this copy has no content.',
  'not-an-image': 'Leave the file out, or export it as PNG, JPEG, TIFF or BMP.',
  'unsupported-type': 'Export the image as PNG, JPEG, TIFF or BMP with 8 or 16 bits per sample.',
  'too-small': 'Photograph the part at a higher resolution, or leave the file out.',
  'too-large': 'Cut the photograph into parts, or reduce its resolution, and import those.',
  truncated: 'Copy the file again from the camera; the end of this copy is missing.',
  corrupt: 'Copy the file again from the camera; this copy was damaged.',
  unreadable: 'Check that the file still exists and that you may read it.',
}

/** Why one file cannot be used as an image. Refuses that file only and never stops an import. */
export class ImageRefusal extends Failure {
  declare readonly code: RefusalCode

  constructor(code: RefusalCode, reason: string, options?: { cause?: unknown }) {
    super(code, reason, remedies[code], options)
    this.name = 'ImageRefusal'
  }
}
