/**
 * A perceptual hash: nearly the same picture gives nearly the same bits. Each of the 256 bits says whether the
 * picture grows brighter from one cell to the next in a row of 17 (Krawetz, "Kind of Like That", 2013, with 16 x 16
 * bits in the place of 8 x 8). It is quick and tells whether two pictures may be the same at all; photographs from one
 * fixed camera all have nearly the same bits, and `likeness.ts` tells those apart.
 */
import { requireLength } from '../platform/array-bounds.ts'
import type { ImageSource } from './byte-source.ts'
import { toModelInput } from './model-input.ts'

const side = 16
const columns = side + 1

/** 64 hexadecimal digits. @throws ImageRefusal as `decodeImage` */
export async function differenceHash(source: ImageSource): Promise<string> {
  const { data } = await toModelInput(source, { channels: 1, resize: 'stretch', size: columns })
  let text = ''
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column += 4) {
      let digit = 0
      for (let i = column; i < column + 4; i++) {
        const at = row * columns + i
        digit = digit * 2 + Number(data[at + 1] > data[at])
      }
      text += digit.toString(16)
    }
  }
  return text
}

/** The bits as eight words, for `hashDistance`. */
export const hashWords = (hash: string): Uint32Array =>
  Uint32Array.from({ length: hash.length / 8 }, (_, i) => Number.parseInt(hash.slice(i * 8, i * 8 + 8), 16))

/** Number of bits that differ. */
export function hashDistance(a: Uint32Array, b: Uint32Array): number {
  requireLength(b, a.length, 'Words of the other hash')
  let distance = 0
  for (let i = 0; i < a.length; i++) {
    let bits = a[i] ^ b[i]
    bits -= (bits >>> 1) & 0x55555555
    bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
    distance += Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
  }
  return distance
}
