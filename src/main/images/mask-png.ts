import sharp from 'sharp'

/** A PNG that is white where there is a defect of any type, as every reader of masks understands it. */
export function maskPng(mask: { data: Uint8Array; width: number; height: number }): Promise<Buffer> {
  const { data, width, height } = mask
  const gray = data.map((value) => (value > 0 ? 255 : 0))
  return sharp(gray, { raw: { width, height, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 6 })
    .toBuffer()
}
