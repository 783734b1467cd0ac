/**
 * One archive out of a list of files. The same list gives the same bytes: entries in their order, the
 * time of the commit on every file, no names of people.
 */
import { createReadStream, createWriteStream, statSync } from 'node:fs'
import { finished, pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'
import { ZipFile } from 'yazl'

/**
 * @typedef {object} Entry
 * @property {string} path in the bundle, with forward slashes
 * @property {string} [source] the file that it is a copy of
 * @property {string | Buffer} [content] or what it holds
 * @property {string} [link] or the path, from its folder, that it is a link to
 * @property {boolean} [executable]
 */

/** @param {Entry} entry @returns {Buffer} what is in it, where it is no copy of a file */
export const contentOf = ({ content = '' }) => (typeof content === 'string' ? Buffer.from(content) : content)

/** @param {Entry} entry */
export const sizeOf = (entry) =>
  entry.source === undefined ? contentOf(entry).length : statSync(entry.source).size

/** @param {Entry} entry */
const modeOf = ({ executable = false }) => (executable ? 0o755 : 0o644)

/** @param {readonly Entry[]} entries @returns {Entry[]} in the order of their bytes */
export const inOrder = (entries) =>
  [...entries].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))

/**
 * @param {readonly Entry[]} entries
 * @param {string} top name of the folder that the archive unpacks to
 * @param {Date} time
 * @param {string} file
 * @param {(done: number) => void} onBytes
 */
export async function writeTar(entries, top, time, file, onBytes) {
  const archive = pack()
  let done = 0
  const written = pipeline(archive, createGzip({ level: 6 }), createWriteStream(file))
  const filled = (async () => {
    for (const entry of inOrder(entries)) {
      const common = { name: `${top}/${entry.path}`, mtime: time, uid: 0, gid: 0, mode: modeOf(entry) }
      if (entry.link !== undefined) {
        archive.entry({ ...common, type: 'symlink', linkname: entry.link, mode: 0o777 })
        continue
      }
      const sink = archive.entry({ ...common, type: 'file', size: sizeOf(entry) })
      if (entry.source === undefined) sink.end(contentOf(entry))
      const source =
        entry.source === undefined ? null : createReadStream(entry.source, { highWaterMark: 1 << 20 })
      source?.on('data', (chunk) => {
        done += chunk.length
        onBytes(done)
      })
      await (source === null ? finished(sink) : pipeline(source, sink))
    }
    archive.finalize()
  })()
  await Promise.all([written, filled])
}

/**
 * @param {readonly Entry[]} entries
 * @param {string} top
 * @param {Date} time
 * @param {string} file
 */
export async function writeZip(entries, top, time, file) {
  const archive = new ZipFile()
  // A zip archive tells local time; without a zone of its own it is the same everywhere.
  const mtime = new Date(time.getTime() + time.getTimezoneOffset() * 60_000)
  for (const entry of inOrder(entries)) {
    if (entry.link !== undefined)
      throw new Error(`${entry.path} is a link, which a zip archive for Windows cannot hold.`)
    const options = { mtime, mode: modeOf(entry) | 0o100000, forceDosTimestamp: true }
    if (entry.source === undefined) archive.addBuffer(contentOf(entry), `${top}/${entry.path}`, options)
    else archive.addFile(entry.source, `${top}/${entry.path}`, options)
  }
  archive.end()
  await pipeline(archive.outputStream, createWriteStream(file))
}
