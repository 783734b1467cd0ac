/** Writes a small zip archive (APPNOTE 6.3, deflated entries, no ZIP64) from memory. */
import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipContent {
  name: string
  content: Buffer
}

const localSignature = 0x04034b50
const centralSignature = 0x02014b50
const endSignature = 0x06054b50
const version = 20
/** The name is UTF-8. */
const flags = 0x0800
const deflated = 8
/** The first day that a zip archive can name: when it was made says nothing. */
const firstDay = 0x0021

/** The fields that both headers of an entry have, from the version on. */
function commonFields({ name, content }: ZipContent, packed: Buffer): Buffer {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(version, 0)
  fields.writeUInt16LE(flags, 2)
  fields.writeUInt16LE(deflated, 4)
  fields.writeUInt16LE(firstDay, 8)
  fields.writeUInt32LE(crc32(content), 10)
  fields.writeUInt32LE(packed.length, 14)
  fields.writeUInt32LE(content.length, 18)
  fields.writeUInt16LE(Buffer.byteLength(name), 22)
  return fields
}

function signed(signature: number, size = 4): Buffer {
  const header = Buffer.alloc(size)
  header.writeUInt32LE(signature, 0)
  return header
}

export function zipFile(files: readonly ZipContent[]): Buffer {
  const parts: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const packed = deflateRawSync(file.content)
    const common = commonFields(file, packed)
    const name = Buffer.from(file.name)
    const local = Buffer.concat([signed(localSignature), common, name, packed])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    const madeBy = Buffer.alloc(2)
    madeBy.writeUInt16LE(version)
    central.push(Buffer.concat([signed(centralSignature), madeBy, common, place, name]))
    parts.push(local)
    offset += local.length
  }
  const list = Buffer.concat(central)
  const end = signed(endSignature, 22)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, list, end])
}
