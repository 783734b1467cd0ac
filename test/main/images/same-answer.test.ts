/**
 * Damaged photographs: what a file comes to depends on its bytes alone, however many are decoded beside it, by whichever
 * thread, and however often.
 */
import { createHash } from 'node:crypto'
import PQueue from 'p-queue'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodeImage } from '../../../src/main/images/decode.ts'
import { ImageRefusal } from '../../../src/main/images/refusal.ts'
import { createRandom } from '../../../src/main/platform/random.ts'

const mutants = Number(process.env.FANOSCOPE_MUTATIONS ?? 2000)

/** Small photographs with structure, in the formats and kinds of JPEG that cameras write. */
async function originals(): Promise<Buffer[]> {
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
function mutated(original: Buffer, seed: number): Buffer {
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

async function outcomes(files: readonly Buffer[], concurrency: number): Promise<string[]> {
  const queue = new PQueue({ concurrency })
  return Promise.all(files.map((bytes) => queue.add(() => outcome(bytes))))
}

describe('a damaged photograph', () => {
  it('comes to the same each time, alone and beside seven others', async () => {
    const whole = await originals()
    const files = Array.from({ length: mutants }, (_, i) =>
      mutated(whole[i % whole.length] ?? Buffer.alloc(0), i),
    )
    const alone = await outcomes(files, 1)
    // Some of each, or the test would say nothing.
    for (const of of ['"pixels"', '"decoder-warned"', '"corrupt"', '"truncated"']) {
      expect(alone.some((one) => one.includes(of))).toBe(true)
    }
    for (let run = 0; run < 3; run++) expect(await outcomes(files, 8)).toEqual(alone)
  }, 600_000)
})
