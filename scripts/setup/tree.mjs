/** Whole folders: what they hold, and copies that take no room where the file system has hard links. */
import {
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Makes `to` a copy of `from`, a folder or a file.
 * @param {string} from
 * @param {string} to
 */
export function linkTree(from, to) {
  const status = lstatSync(from)
  if (status.isDirectory()) {
    mkdirSync(to, { recursive: true })
    for (const name of readdirSync(from)) linkTree(join(from, name), join(to, name))
    return
  }
  mkdirSync(dirname(to), { recursive: true })
  if (status.isSymbolicLink()) {
    symlinkSync(readlinkSync(from), to)
    return
  }
  try {
    linkSync(from, to)
  } catch {
    copyFileSync(from, to)
  }
}

/**
 * Bytes of all files in a folder, those that are just being written too; 0 where it is not there.
 * @param {string} folder
 * @returns {number}
 */
export function bytesIn(folder) {
  let sum = 0
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) sum += bytesIn(path)
      else if (entry.isFile()) sum += statSync(path).size
    }
  } catch {
    // Gone between the two looks.
  }
  return sum
}
