/** Where a new version comes from: an unpacked bundle, or one of the archives that bundles are handed out as. */
import { createReadStream, existsSync, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { openPromise } from 'yauzl'
import { Failure } from '../../../shared/failure.ts'
import type { PackedEntry } from './packed-entry.ts'
import { signatureFile, sumsFile } from './signed-sums.ts'
import { tarEntries } from './tar-entries.ts'
import { isNewer } from './version-order.ts'

export interface BundleSource {
  /** The folder or archive. */
  source: string
  /**
   * Everything in it, with its paths as they are there: whoever writes them has to check each. The content of each
   * entry must be read, or not, before the next one is asked for.
   */
  entries(): AsyncIterable<PackedEntry>
}

const archiveName = /^fanoscope-(.+?)-((?:linux|win|darwin)-(?:x64|arm64))(?:-partial)?\.(?:tar\.gz|zip)$/
const isArchive = (name: string): boolean => /\.(?:tar\.gz|tgz|zip)$/i.test(name)

/** Whether this is the folder of an unpacked bundle. */
const isUnpacked = (folder: string): boolean =>
  existsSync(join(folder, sumsFile)) || existsSync(join(folder, signatureFile))

/**
 * Finds the bundle in a folder: the folder itself, the newest archive in it that is for this system, or a folder in it.
 * An archive can also be named itself.
 * @throws Failure `update-nothing-found`
 */
export function findBundle(path: string, system: string): BundleSource {
  const at = resolve(path)
  const found = existsSync(at) ? within(at, system) : null
  if (found === null) throw new Failure('update-nothing-found', { folder: at, system })
  return found
}

function within(at: string, system: string): BundleSource | null {
  if (statSync(at).isFile()) return isArchive(basename(at)) ? archive(at) : null
  if (isUnpacked(at)) return folder(at)
  const names = readdirSync(at).sort()
  const archives = names
    .map((name) => ({ name, version: archiveVersion(name, system) }))
    .filter((one): one is { name: string; version: string } => one.version !== null)
    .sort((a, b) => (isNewer(a.version, b.version) ? -1 : isNewer(b.version, a.version) ? 1 : 0))
  const [newest] = archives
  if (newest !== undefined) return archive(join(at, newest.name))
  const unpacked = names.find((name) => isUnpacked(join(at, name)))
  return unpacked === undefined ? null : folder(join(at, unpacked))
}

function archiveVersion(name: string, system: string): string | null {
  const found = archiveName.exec(name)
  return found?.[2] === system ? (found[1] ?? null) : null
}

const folder = (source: string): BundleSource => ({ source, entries: () => folderEntries(source, '') })

async function* folderEntries(root: string, below: string): AsyncGenerator<PackedEntry> {
  for (const name of readdirSync(join(root, below)).sort()) {
    const path = below === '' ? name : `${below}/${name}`
    const file = join(root, path)
    const stats = lstatSync(file)
    if (stats.isSymbolicLink()) yield { kind: 'link', path, target: readlinkSync(file) }
    else if (stats.isDirectory()) yield* folderEntries(root, path)
    else if (stats.isFile())
      yield { kind: 'file', path, size: stats.size, content: () => createReadStream(file) }
  }
}

const archive = (source: string): BundleSource => ({
  source,
  entries: () => withoutTop(source.toLowerCase().endsWith('.zip') ? zipEntries(source) : tarEntries(source)),
})

/** An archive holds one folder, which is the bundle. */
async function* withoutTop(entries: AsyncIterable<PackedEntry>): AsyncGenerator<PackedEntry> {
  for await (const entry of entries) {
    const slash = entry.path.indexOf('/')
    if (slash === -1) continue
    yield { ...entry, path: entry.path.slice(slash + 1) }
  }
}

async function* zipEntries(file: string): AsyncGenerator<PackedEntry> {
  const zip = await openPromise(file, { lazyEntries: true, autoClose: false })
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue
      yield {
        kind: 'file',
        path: entry.fileName,
        size: entry.uncompressedSize,
        async *content() {
          yield* await zip.openReadStreamPromise(entry)
        },
      }
    }
  } finally {
    zip.close()
  }
}
