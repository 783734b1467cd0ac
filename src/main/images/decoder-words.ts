/** What the decoder says of a file that it cannot read, as a refusal. */
import PQueue from 'p-queue'
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

/** How often a file is decoded again to get the decoder's error message. */
const attempts = 100

/** Decodes again one file at a time, so that two failing files do not mix up their messages. */
const asking = new PQueue({ concurrency: 1 })

const isWordless = (error: unknown): boolean =>
  error instanceof Error && /^(unknown error)?\s*$/i.test(error.message)

/**
 * Decodes, and where it fails without an error message, decodes again to get one. libvips has a single buffer for
 * error messages in the whole process: where two files fail at the same moment, one of them gets no message, but the
 * message decides how the file is treated.
 */
export async function withWords<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode()
  } catch (error) {
    if (!isWordless(error)) throw error
    return asking.add(() => askedAgain(decode))
  }
}

async function askedAgain<T>(decode: () => Promise<T>): Promise<T> {
  for (let attempt = 2; ; attempt++) {
    try {
      return await decode()
    } catch (error) {
      if (!isWordless(error) || attempt === attempts) throw error
    }
  }
}
