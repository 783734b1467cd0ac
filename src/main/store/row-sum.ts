/** The checksum of a row. */
import { crc32 } from 'node:zlib'

type Cell = string | number | bigint | null | Uint8Array

/** CRC-32 over the values of a row, each with its kind. */
export function rowSum(...cells: readonly Cell[]): number {
  let sum = 0
  for (const cell of cells) {
    if (cell instanceof Uint8Array) sum = crc32(cell, crc32('blob ', sum))
    else sum = crc32(`${cell === null ? 'none' : typeof cell} ${cell}\0`, sum)
  }
  return sum
}
