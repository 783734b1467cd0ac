/** For which processor a program or library was built, read from the first bytes of its file. */
import { closeSync, openSync, readSync } from 'node:fs'

/** @type {Record<number, string>} */
const elfMachines = { 62: 'x64', 183: 'arm64' }
/** @type {Record<number, string>} */
const peMachines = { 34404: 'x64', 43620: 'arm64' }
/** @type {Record<number, string>} */
const machMachines = { 16777223: 'x64', 16777228: 'arm64' }

/**
 * @typedef {{ format: 'elf' | 'pe' | 'mach-o', arch: string }} BinaryFormat
 */

/**
 * @param {Buffer} head the first kilobyte
 * @returns {BinaryFormat | null} null for any other kind of file
 */
export function formatOf(head) {
  if (head.length >= 20 && head.readUInt32BE(0) === 0x7f454c46) {
    return { format: 'elf', arch: elfMachines[head.readUInt16LE(18)] ?? 'another' }
  }
  if (head.length >= 64 && head.toString('latin1', 0, 2) === 'MZ') {
    const at = head.readUInt32LE(60)
    if (at + 6 <= head.length && head.toString('latin1', at, at + 4) === 'PE\0\0') {
      return { format: 'pe', arch: peMachines[head.readUInt16LE(at + 4)] ?? 'another' }
    }
    return { format: 'pe', arch: 'another' }
  }
  if (head.length >= 8 && head.readUInt32LE(0) === 0xfeedfacf) {
    return { format: 'mach-o', arch: machMachines[head.readUInt32LE(4)] ?? 'another' }
  }
  return null
}

/** @param {string} file @returns {BinaryFormat | null} */
export function formatOfFile(file) {
  const head = Buffer.alloc(1024)
  const handle = openSync(file, 'r')
  try {
    return formatOf(head.subarray(0, readSync(handle, head, 0, head.length, 0)))
  } finally {
    closeSync(handle)
  }
}
