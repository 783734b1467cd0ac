/**
 * Reads zip archives (APPNOTE 6.3: stored and deflated entries, ZIP64) without holding them in memory, which
 * is all that Python wheels need. Every entry is checked against its size and CRC-32.
 */
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import zlib from 'node:zlib'
import { SetupProblem } from './problem.mjs'

/**
 * @typedef {object} ZipEntry
 * @property {string} name
 * @property {number} method 0 stored, 8 deflated
 * @property {number} crc CRC-32 of the content
 * @property {number} compressed bytes in the archive
 * @property {number} size bytes of the content
 * @property {number} offset of its local header
 * @property {boolean} executable by its owner, where the archive knows
 */

const endSignature = 0x06054b50
const end64Signature = 0x06064b50
const end64LocatorSignature = 0x07064b50
const centralSignature = 0x02014b50
const localSignature = 0x04034b50
const largestComment = 0xffff

/** @param {string} file @param {string} what */
function broken(file, what) {
  return new SetupProblem(
    'archive-broken',
    `${file} is not a whole archive: ${what}`,
    'Run set-up again: the file is fetched anew.',
  )
}

/**
 * @param {import('node:fs/promises').FileHandle} handle
 * @param {number} position
 * @param {number} length
 * @param {string} file
 */
async function readExactly(handle, position, length, file) {
  const buffer = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) throw broken(file, 'it ends too early.')
    filled += bytesRead
  }
  return buffer
}

/**
 * Everything that the archive lists, in its order.
 * @param {string} file
 * @returns {Promise<ZipEntry[]>}
 */
export async function listZip(file) {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    if (size < 22) throw broken(file, 'it is too short.')
    const tailLength = Math.min(size, 22 + largestComment)
    const tail = await readExactly(handle, size - tailLength, tailLength, file)
    let at = tail.length - 22
    while (at >= 0 && tail.readUInt32LE(at) !== endSignature) at--
    if (at < 0) throw broken(file, 'its list of contents is missing.')
    let count = tail.readUInt16LE(at + 10)
    let listLength = tail.readUInt32LE(at + 12)
    let listOffset = tail.readUInt32LE(at + 16)
    if (at >= 20 && tail.readUInt32LE(at - 20) === end64LocatorSignature) {
      const position = Number(tail.readBigUInt64LE(at - 20 + 8))
      if (position + 56 > size) throw broken(file, 'its ZIP64 list is missing.')
      const end64 = await readExactly(handle, position, 56, file)
      if (end64.readUInt32LE(0) !== end64Signature) throw broken(file, 'its ZIP64 list is missing.')
      count = Number(end64.readBigUInt64LE(32))
      listLength = Number(end64.readBigUInt64LE(40))
      listOffset = Number(end64.readBigUInt64LE(48))
    }
    if (listOffset + listLength > size) throw broken(file, 'its list of contents is cut off.')
    const list = await readExactly(handle, listOffset, listLength, file)
    return readCentralDirectory(list, count, file)
  } finally {
    await handle.close()
  }
}

/**
 * @param {Buffer} list
 * @param {number} count
 * @param {string} file
 */
function readCentralDirectory(list, count, file) {
  /** @type {ZipEntry[]} */
  const entries = []
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + 46 > list.length || list.readUInt32LE(at) !== centralSignature) {
      throw broken(file, 'its list of contents is damaged.')
    }
    const nameLength = list.readUInt16LE(at + 28)
    const extraLength = list.readUInt16LE(at + 30)
    const commentLength = list.readUInt16LE(at + 32)
    const madeOnUnix = list.readUInt8(at + 5) === 3
    const mode = madeOnUnix ? list.readUInt32LE(at + 38) >>> 16 : 0
    const extra = list.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength)
    entries.push({
      name: list.toString('utf8', at + 46, at + 46 + nameLength),
      method: list.readUInt16LE(at + 10),
      crc: list.readUInt32LE(at + 16),
      executable: (mode & 0o100) !== 0,
      ...readSizes(
        {
          size: list.readUInt32LE(at + 24),
          compressed: list.readUInt32LE(at + 20),
          offset: list.readUInt32LE(at + 42),
        },
        extra,
      ),
    })
    at += 46 + nameLength + extraLength + commentLength
  }
  return entries
}

/**
 * The ZIP64 extra field (id 1) holds, in this order, those of the three numbers that do not fit 32 bits.
 * @param {{ size: number, compressed: number, offset: number }} small
 * @param {Buffer} extra
 */
function readSizes(small, extra) {
  const sizes = { ...small }
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue
    let field = at + 4
    for (const key of /** @type {const} */ (['size', 'compressed', 'offset'])) {
      if (small[key] !== 0xffffffff) continue
      sizes[key] = Number(extra.readBigUInt64LE(field))
      field += 8
    }
  }
  return sizes
}

const crcTable = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/**
 * CRC-32 (ISO-HDLC), continued from `previous`. `zlib.crc32` came with Node 20.15 and 22.2.
 * @param {Uint8Array} bytes
 * @param {number} previous
 * @returns {number}
 */
export function crc32ByTable(bytes, previous) {
  let crc = ~previous
  for (const byte of bytes) crc = (crc >>> 8) ^ (crcTable[(crc ^ byte) & 0xff] ?? 0)
  return ~crc >>> 0
}

const crc32 = typeof zlib.crc32 === 'function' ? zlib.crc32 : crc32ByTable

/** Names that stay below the folder they are extracted to. @param {string} name */
function isInside(name) {
  return (
    !name.startsWith('/') && !/^[a-z]:/i.test(name) && !name.includes('\\') && !name.split('/').includes('..')
  )
}

/**
 * Writes the chosen entries below a folder. A file that could not be written whole is not left behind.
 * @param {string} file
 * @param {{
 *   to: string,
 *   choose?: (name: string) => boolean,
 *   onBytes?: (written: number, total: number) => void,
 * }} options
 * @returns {Promise<{ files: number, bytes: number }>}
 */
export async function extractZip(file, { to, choose = () => true, onBytes = () => {} }) {
  const entries = (await listZip(file)).filter((entry) => !entry.name.endsWith('/') && choose(entry.name))
  const total = entries.reduce((sum, entry) => sum + entry.size, 0)
  let written = 0
  const handle = await open(file, 'r')
  try {
    for (const entry of entries) {
      if (!isInside(entry.name)) throw broken(file, `${entry.name} would be written outside its folder.`)
      const target = join(to, ...entry.name.split('/'))
      await mkdir(dirname(target), { recursive: true })
      try {
        await extractEntry(file, handle, entry, target, (bytes) => {
          written += bytes
          onBytes(written, total)
        })
      } catch (error) {
        await rm(target, { force: true })
        throw error
      }
    }
  } finally {
    await handle.close()
  }
  return { files: entries.length, bytes: total }
}

/**
 * @param {string} file
 * @param {import('node:fs/promises').FileHandle} handle
 * @param {ZipEntry} entry
 * @param {string} target
 * @param {(bytes: number) => void} onBytes
 */
async function extractEntry(file, handle, entry, target, onBytes) {
  if (entry.method !== 0 && entry.method !== 8) {
    throw broken(file, `${entry.name} is packed by method ${entry.method}, which is not known here.`)
  }
  const header = await readExactly(handle, entry.offset, 30, file)
  if (header.readUInt32LE(0) !== localSignature)
    throw broken(file, `${entry.name} is not where it should be.`)
  const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
  let crc = 0
  let size = 0
  const check = new Transform({
    transform(/** @type {Buffer} */ chunk, _encoding, callback) {
      crc = crc32(chunk, crc)
      size += chunk.length
      onBytes(chunk.length)
      callback(null, chunk)
    },
  })
  const sink = createWriteStream(target, { mode: entry.executable ? 0o755 : 0o644 })
  const chunk = 1 << 20
  if (entry.compressed === 0) {
    await pipeline([], check, sink)
  } else {
    const source = createReadStream(file, {
      start,
      end: start + entry.compressed - 1,
      highWaterMark: chunk,
    })
    try {
      if (entry.method === 0) await pipeline(source, check, sink)
      else await pipeline(source, zlib.createInflateRaw({ chunkSize: chunk }), check, sink)
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
      if (code.startsWith('Z_')) throw broken(file, `${entry.name} is damaged.`)
      throw cause
    }
  }
  if (size !== entry.size || crc !== entry.crc) throw broken(file, `${entry.name} is damaged.`)
  if (size >= chunk) await flush(target)
}

/** A large file is on the disk before anything says that it is there. @param {string} path */
async function flush(path) {
  const handle = await open(path, 'r+')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
