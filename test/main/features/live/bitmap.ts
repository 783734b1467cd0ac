/** A gray Windows bitmap of 8 bits, made byte by byte; its upper row comes last in the file, as cameras write it. */

const headBytes = 14 + 40 + 1024

/** @param value the gray of the pixel in column x and row y, counted from the lower row as the file does */
export function grayBitmap(width: number, height: number, value: (x: number, y: number) => number): Buffer {
  const rowBytes = Math.ceil(width / 4) * 4
  const file = Buffer.alloc(headBytes + rowBytes * height)
  file.write('BM', 0, 'latin1')
  file.writeUInt32LE(file.length, 2)
  file.writeUInt32LE(headBytes, 10)
  file.writeUInt32LE(40, 14)
  file.writeInt32LE(width, 18)
  file.writeInt32LE(height, 22)
  file.writeUInt16LE(1, 26)
  file.writeUInt16LE(8, 28)
  for (let gray = 0; gray < 256; gray++) file.fill(gray, 54 + gray * 4, 54 + gray * 4 + 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) file[headBytes + y * rowBytes + x] = value(x, y)
  return file
}

/** A part that has no black in it, each number another. */
export const bitmapPart = (number: number, size = 32): Buffer =>
  grayBitmap(size, size, (x, y) => 60 + ((x * 7 + y * 3 + number * 11) % 150))
