/** Damaged photographs, and what each comes to when it is decoded. */
import { createHash } from 'node:crypto'
import PQueue from 'p-queue'
import sharp from 'sharp'
import { decodeImage } from '../../../src/main/images/decode.ts'
import { ImageRefusal } from '../../../src/main/images/refusal.ts'
import { createRandom } from '../../../src/main/platform/random.ts'

/** Small photographs with structure, in the formats and kinds of JPEG that cameras write. */
export async function originals(): Promise<Buffer[]> {
  const [width, height] = [48, 40]
  const random = createRandom(1, 'photograph')
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < data.length; i++) data[i] = (i * 7 + random.int(60)) % 256
  const photograph = sharp(data, { raw: { width, height, channels: 3 } })
  return Promise.all([
    photograph.clone().jpeg({ quality: 85 }).toBuffer(),
    photograph.clone().jpeg({ quality: 85, progressive: true }).toBuffer(),
    photograph.clone().greyscale().jpeg({ quality: 70 }).withMetadata({ orientation: 6 }).toBuffer(),
    photograph.clone().png().toBuffer(),
    photograph.clone().webp().toBuffer(),
    photograph.clone().tiff({ compression: 'lzw' }).toBuffer(),
  ])
}

/** Changes bytes, cuts, or puts stray bytes before the end; mostly behind the header, where damage is found late. */
export function mutated(original: Buffer, seed: number): Buffer {
  const random = createRandom(seed, 'mutant')
  const bytes = Buffer.from(original)
  const from = random.int(4) === 0 ? 2 : Math.floor(bytes.length / 3)
  switch (random.int(4)) {
    case 0:
      return bytes.subarray(0, from + random.int(bytes.length - from))
    case 1: {
      const stray = Buffer.alloc(1 + random.int(9), random.int(255))
      return Buffer.concat([bytes.subarray(0, -2), stray, bytes.subarray(-2)])
    }
    default:
      for (let i = 1 + random.int(3); i > 0; i--) {
        bytes[from + random.int(bytes.length - from)] = random.int(256)
      }
      return bytes
  }
}

/** All that a person can see of what a file came to. */
async function outcome(bytes: Buffer): Promise<string> {
  try {
    const { data, ...rest } = await decodeImage(bytes)
    const pixels = createHash('sha1')
      .update(Buffer.from(data.buffer, data.byteOffset, data.byteLength))
      .digest('hex')
    return JSON.stringify({ pixels, ...rest })
  } catch (error) {
    if (!(error instanceof ImageRefusal)) throw error
    return JSON.stringify({ code: error.code, params: error.params })
  }
}

export async function outcomes(files: readonly Buffer[], concurrency: number): Promise<string[]> {
  const queue = new PQueue({ concurrency })
  return Promise.all(files.map((bytes) => queue.add(() => outcome(bytes))))
}
