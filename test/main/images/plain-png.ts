import { inflateSync } from 'node:zlib'

/**
 * A PNG decoder straight from the standard, for gray or RGB without interlacing: the independent library that
 * the application's decoder is compared with.
 */
export function decodePlainPng(png: Buffer): { width: number; height: number; samples: number[] } {
  const width = png.readUInt32BE(16)
  const height = png.readUInt32BE(20)
  const sampleBytes = (png[24] ?? 8) / 8
  const channels = png[25] === 2 ? 3 : 1
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length))
    at += length + 12
  }
  const data = inflateSync(Buffer.concat(parts))
  const unit = sampleBytes * channels
  const rowBytes = width * unit
  const rows = Buffer.alloc(rowBytes * height)
  for (let y = 0; y < height; y++) {
    const filter = data[y * (rowBytes + 1)]
    for (let x = 0; x < rowBytes; x++) {
      const left = x >= unit ? (rows[y * rowBytes + x - unit] ?? 0) : 0
      const up = y > 0 ? (rows[(y - 1) * rowBytes + x] ?? 0) : 0
      const corner = x >= unit && y > 0 ? (rows[(y - 1) * rowBytes + x - unit] ?? 0) : 0
      const estimate = left + up - corner
      const [a, b, c] = [left, up, corner].map((v) => Math.abs(estimate - v)) as [number, number, number]
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner
      const predicted = [0, left, up, (left + up) >> 1, paeth][filter ?? 0] ?? 0
      rows[y * rowBytes + x] = (data[y * (rowBytes + 1) + 1 + x] ?? 0) + predicted
    }
  }
  const samples: number[] = []
  for (let at = 0; at < rows.length; at += sampleBytes) {
    samples.push(sampleBytes === 2 ? rows.readUInt16BE(at) : rows.readUInt8(at))
  }
  return { width, height, samples }
}
