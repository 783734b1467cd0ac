/** Looks whether the end of a file has been written. */
import { existsSync } from 'node:fs'
import { withBytes } from '../../images/byte-source.ts'
import { type FileEnd, fileEnd } from '../../images/file-end.ts'
import { ImageRefusal } from '../../images/refusal.ts'

/** A file that another program keeps to itself counts as unfinished. `gone`: it was taken away meanwhile. */
export function examineFile(path: string): FileEnd | 'gone' {
  try {
    return withBytes(path, fileEnd)
  } catch (error) {
    if (!(error instanceof ImageRefusal)) throw error
    return existsSync(path) ? { end: 'missing', zeroTail: 0 } : 'gone'
  }
}
