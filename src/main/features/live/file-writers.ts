/**
 * Which files some process has open for writing, as far as the system tells. Nothing is asked of the writer, and no
 * lock is left behind.
 *
 * - Linux: the open files of all processes in /proc. Those of other users can only be read by root, and a writer on
 *   another machine is not there at all: then a file that nobody seems to write is `unknown`.
 * - Windows: a file that can be opened without sharing it is open nowhere else.
 * - Elsewhere it is unknown.
 */
import { constants } from 'node:fs'
import { open, readdir, readFile, readlink, realpath, statfs } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** `open`: a process writes to it. `closed`: none does. `unknown`: the system does not tell. */
export type Writing = 'open' | 'closed' | 'unknown'

export type AskWriters = (paths: readonly string[]) => Promise<Map<string, Writing>>

export const askWriters: AskWriters = (paths) => {
  if (process.platform === 'linux') return inLinux(paths)
  if (process.platform === 'win32') return inWindows(paths)
  return Promise.resolve(new Map())
}

/** Types of file systems whose files another machine may write, as statfs(2) names them. */
const remote = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2
  0x01021997, // 9P
  0x65735546, // FUSE
  0x5346414f, // AFS
  0x73757245, // Coda
  0x00c36400, // Ceph
  0x786f4256, // folders of VirtualBox
  0xbacbacbc, // folders of VMware
])

async function inLinux(paths: readonly string[]): Promise<Map<string, Writing>> {
  const told = new Map<string, Writing>()
  /** By the real path, because that is what /proc has. */
  const wanted = new Map<string, string>()
  let canTell = true
  for (const folder of new Set(paths.map(dirname))) {
    try {
      const real = await realpath(folder)
      if (remote.has((await statfs(folder)).type >>> 0)) canTell = false
      for (const path of paths) if (dirname(path) === folder) wanted.set(join(real, basename(path)), path)
    } catch {
      canTell = false
    }
  }
  const processes = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name))
  // Where the processes of others are hidden, the first is too.
  if (!processes.includes('1')) canTell = false
  for (const id of processes) {
    if (id === String(process.pid)) continue
    if (!(await addWritten(id, wanted, told))) canTell = false
  }
  if (canTell) for (const path of paths) if (!told.has(path)) told.set(path, 'closed')
  return told
}

/** @returns whether the open files of the process could be read */
async function addWritten(
  id: string,
  wanted: ReadonlyMap<string, string>,
  told: Map<string, Writing>,
): Promise<boolean> {
  const folder = `/proc/${id}/fd`
  let descriptors: string[]
  try {
    descriptors = await readdir(folder)
  } catch (error) {
    // It has ended meanwhile, or it is not ours to look at.
    return isGone(error)
  }
  for (const descriptor of descriptors) {
    const target = await readlink(`${folder}/${descriptor}`).catch(() => '')
    const path = wanted.get(target)
    if (path === undefined) continue
    const info = await readFile(`/proc/${id}/fdinfo/${descriptor}`, 'utf8').catch(() => '')
    const flags = Number.parseInt(/^flags:\s*([0-7]+)/m.exec(info)?.[1] ?? '0', 8)
    if ((flags & (constants.O_WRONLY | constants.O_RDWR)) !== 0) told.set(path, 'open')
  }
  return true
}

const isGone = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')

/** libuv's UV_FS_O_EXLOCK on Windows: opens the file without sharing it. */
const unshared = 0x10000000

async function inWindows(paths: readonly string[]): Promise<Map<string, Writing>> {
  const told = new Map<string, Writing>()
  for (const path of paths) {
    try {
      await (await open(path, constants.O_RDONLY | unshared)).close()
      told.set(path, 'closed')
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EBUSY') told.set(path, 'open')
    }
  }
  return told
}
