/** Zip archives of which every field can be made wrong. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

export interface Entry {
  name: string
  content?: Buffer | string
  /** 0 stored, 8 deflated; the default is 8. */
  method?: number
  /** What the list of contents says, where it lies. */
  crc?: number
  size?: number
  offset?: number
  executable?: boolean
  /** Sizes in a ZIP64 extra field. */
  zip64?: boolean
}

export interface Ending {
  /** After the last record. */
  comment?: string
  count?: number
  listLength?: number
  zip64?: boolean
}

/** APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12, 4.3.14 to 4.3.16. */
export function zipBytes(entries: readonly Entry[], ending: Ending = {}): Buffer {
  const files: Buffer[] = []
  const list: Buffer[] = []
  let position = 0
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '')
    const { method = 8, crc = crc32(content), size = content.length, offset = position } = entry
    const packed = method === 8 ? deflateRawSync(content) : content
    const name = Buffer.from(entry.name)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(method, 8)
    local.writeUInt16LE(name.length, 26)
    files.push(local, name, packed)

    const extra = entry.zip64 ? Buffer.alloc(20) : Buffer.alloc(0)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt8(3, 5)
    central.writeUInt16LE(method, 10)
    central.writeUInt32LE(crc >>> 0, 16)
    central.writeUInt32LE(entry.zip64 ? 0xffffffff : packed.length, 20)
    central.writeUInt32LE(entry.zip64 ? 0xffffffff : size, 24)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt16LE(extra.length, 30)
    central.writeUInt32LE(((entry.executable ? 0o100755 : 0o100644) << 16) >>> 0, 38)
    central.writeUInt32LE(offset, 42)
    if (entry.zip64) {
      extra.writeUInt16LE(1, 0)
      extra.writeUInt16LE(16, 2)
      extra.writeBigUInt64LE(BigInt(size), 4)
      extra.writeBigUInt64LE(BigInt(packed.length), 12)
    }
    list.push(central, name, extra)
    position += local.length + name.length + packed.length
  }
  const contents = Buffer.concat(list)
  const { comment = '', count = entries.length, listLength = contents.length, zip64 = false } = ending
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(zip64 ? 0xffff : count, 10)
  end.writeUInt32LE(zip64 ? 0xffffffff : listLength, 12)
  end.writeUInt32LE(zip64 ? 0xffffffff : position, 16)
  end.writeUInt16LE(comment.length, 20)
  const end64 = zip64 ? zip64End(count, listLength, position) : Buffer.alloc(0)
  return Buffer.concat([...files, contents, end64, end, Buffer.from(comment)])
}

function zip64End(count: number, listLength: number, listOffset: number): Buffer {
  const record = Buffer.alloc(56)
  record.writeUInt32LE(0x06064b50, 0)
  record.writeBigUInt64LE(BigInt(count), 32)
  record.writeBigUInt64LE(BigInt(listLength), 40)
  record.writeBigUInt64LE(BigInt(listOffset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(listOffset + listLength), 8)
  return Buffer.concat([record, locator])
}

export function zipFile(entries: readonly Entry[], ending?: Ending): string {
  const file = join(temporaryFolder(), 'archive.zip')
  writeFileSync(file, zipBytes(entries, ending))
  return file
}
