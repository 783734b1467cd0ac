/** The systems that offline bundles are made for. */
import { nodePackages } from '../setup/plan.mjs'

/**
 * @typedef {object} System
 * @property {string} name as `--for` takes it
 * @property {'linux' | 'win32' | 'darwin'} platform
 * @property {'x64' | 'arm64'} arch
 * @property {'glibc' | null} libc
 * @property {string} nodePackage the npm package that carries Node
 * @property {'tar.gz' | 'zip'} archive what the system unpacks without another program
 * @property {'elf' | 'pe' | 'mach-o'} format of its programs
 */

/** @type {readonly System[]} */
export const systems = [
  {
    name: 'linux-x64',
    platform: 'linux',
    arch: 'x64',
    libc: 'glibc',
    nodePackage: nodePackages['linux-x64'],
    archive: 'tar.gz',
    format: 'elf',
  },
  {
    name: 'linux-arm64',
    platform: 'linux',
    arch: 'arm64',
    libc: 'glibc',
    nodePackage: nodePackages['linux-arm64'],
    archive: 'tar.gz',
    format: 'elf',
  },
  {
    name: 'win-x64',
    platform: 'win32',
    arch: 'x64',
    libc: null,
    nodePackage: nodePackages['win32-x64'],
    archive: 'zip',
    format: 'pe',
  },
  {
    name: 'darwin-arm64',
    platform: 'darwin',
    arch: 'arm64',
    libc: null,
    nodePackage: nodePackages['darwin-arm64'],
    archive: 'tar.gz',
    format: 'mach-o',
  },
  {
    name: 'darwin-x64',
    platform: 'darwin',
    arch: 'x64',
    libc: null,
    nodePackage: nodePackages['darwin-x64'],
    archive: 'tar.gz',
    format: 'mach-o',
  },
]

/** @param {string} name @returns {System | undefined} */
export const systemNamed = (name) => systems.find((system) => system.name === name)

/** @param {System} system whether this machine is one */
export const isThisSystem = (system) =>
  system.platform === process.platform &&
  system.arch === process.arch &&
  (system.platform !== 'linux' || isGlibc())

function isGlibc() {
  const { header } = /** @type {{ header?: { glibcVersionRuntime?: string } }} */ (process.report.getReport())
  return header?.glibcVersionRuntime !== undefined
}
