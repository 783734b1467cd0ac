import { Failure } from '../../shared/failure.ts'
import type { RefusalCode } from '../../shared/import.ts'

/** Why one file cannot be used as an image. Refuses that file only and never stops an import. */
export class ImageRefusal extends Failure {
  declare readonly code: RefusalCode

  constructor(code: RefusalCode, reason: string, options?: { cause?: unknown }) {
    super(code, { words: reason }, options)
    this.name = 'ImageRefusal'
  }
}
