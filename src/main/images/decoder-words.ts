/** What the decoder says of a file that it cannot read, as a refusal. */
import { ImageRefusal } from './refusal.ts'

/** Turns an error of sharp on a file of a known type into a refusal. */
export function refusalOf(error: unknown): ImageRefusal {
  if (error instanceof ImageRefusal) return error
  const said = error instanceof Error ? error.message : String(error)
  const [words = ''] = said.split('\n')
  if (/premature end|bytes, expected|end of file|unexpected eof/i.test(said)) {
    return new ImageRefusal('truncated', { words }, { cause: error })
  }
  if (/pixel limit/i.test(said)) {
    return new ImageRefusal('too-large', { case: 'decoder', words }, { cause: error })
  }
  if (
    /unsupported|not supported|unimplemented|not implemented|not configured/i.test(said) &&
    !/image format/i.test(said)
  ) {
    return new ImageRefusal('unsupported-type', { type: words }, { cause: error })
  }
  return new ImageRefusal('corrupt', { words }, { cause: error })
}
