import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  detectGpu,
  detectMachine,
  findProgram,
  isAtLeast,
  missingCompiler,
} from '../../../scripts/setup/machine.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

const driverText =
  'NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.86.10  Thu Jan 23 2025\nGCC version: gcc 12\n'
const openDriverText =
  'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  550.90.07  Release Build  (root@host)\n'

describe('a GPU', () => {
  const linux = (files: Record<string, string>, env = {}) =>
    detectGpu({
      platform: 'linux',
      env,
      exists: (path) => path in files,
      read: (path) => files[path] ?? null,
    })

  it('on Linux is there with its driver’s version, closed and open kernel module alike', () => {
    for (const [text, driver] of [
      [driverText, '570.86.10'],
      [openDriverText, '550.90.07'],
      ['something new', null],
    ] as const) {
      expect(linux({ '/proc/driver/nvidia/version': text, '/dev/nvidiactl': '' })).toEqual({ driver })
    }
  })

  it('on Linux is not there where only its driver is, as in a container that was given none', () => {
    expect(linux({ '/proc/driver/nvidia/version': driverText })).toBeNull()
    expect(linux({})).toBeNull()
  })

  it('in Linux inside Windows belongs to Windows’ driver', () => {
    expect(linux({ '/dev/dxg': '', '/usr/lib/wsl/lib/libcuda.so.1': '' })).toEqual({ driver: null })
    expect(linux({ '/dev/dxg': '' })).toBeNull()
  })

  it('on Windows is there where its driver’s library is', () => {
    const windows = (there: boolean) =>
      detectGpu({
        platform: 'win32',
        env: { SystemRoot: 'D:\\W' },
        exists: (path) => there && /^D:.W.*nvcuda\.dll$/.test(path),
      })
    expect(windows(true)).toEqual({ driver: null })
    expect(windows(false)).toBeNull()
  })

  it('on a Mac is never NVIDIA’s', () => {
    expect(detectGpu({ platform: 'darwin', env: {}, exists: () => true, read: () => driverText })).toBeNull()
  })

  it('is left alone where FANOSCOPE_GPU=0 says so', () => {
    const files = { '/proc/driver/nvidia/version': driverText, '/dev/nvidiactl': '' }
    expect(linux(files, { FANOSCOPE_GPU: '0' })).toBeNull()
  })
})

describe('what building needs', () => {
  it('is named where it is missing', () => {
    const find = (there: string[]) => (name: string) => (there.includes(name) ? `/usr/bin/${name}` : null)
    expect(missingCompiler('linux', find([]))).toEqual(['a C++ compiler', 'make', 'Python'])
    expect(missingCompiler('linux', find(['clang++', 'gmake', 'python']))).toEqual([])
    expect(missingCompiler('darwin', find(['c++', 'make']))).toEqual(['Python'])
    expect(missingCompiler('win32', find([]))).toEqual([])
  })
})

describe('a program', () => {
  it.skipIf(process.platform === 'win32')('is found as a shell finds it: the first that can be run', () => {
    const root = temporaryFolder()
    for (const folder of ['a', 'b', 'c']) mkdirSync(join(root, folder))
    writeFileSync(join(root, 'a', 'tool'), '')
    chmodSync(join(root, 'a', 'tool'), 0o644)
    for (const folder of ['b', 'c']) {
      writeFileSync(join(root, folder, 'tool'), '')
      chmodSync(join(root, folder, 'tool'), 0o755)
    }
    const PATH = ['', 'a', 'b', 'c'].map((name) => (name === '' ? '' : join(root, name))).join(delimiter)
    expect(findProgram('tool', { PATH }, 'linux')).toBe(join(root, 'b', 'tool'))
    expect(findProgram('other', { PATH }, 'linux')).toBeNull()
    expect(findProgram('tool', {}, 'linux')).toBeNull()
  })

  it('of Windows has an ending', () => {
    const root = temporaryFolder()
    writeFileSync(join(root, 'npm.cmd'), '')
    expect(findProgram('npm', { Path: root, PATHEXT: '.EXE;.CMD' }, 'win32')).toBe(join(root, 'npm.cmd'))
  })
})

describe('a version', () => {
  it.each([
    ['22.18.0', '22.18.0', true],
    ['22.9.0', '22.18.0', false],
    ['24.0.0', '22.18.0', true],
    ['2.27', '2.27.0', true],
    ['2.31', '2.27', true],
    ['2.17', '2.27', false],
    ['525.60.13', '525.60.13', true],
    ['525.60', '525.60.13', false],
  ])('%s is at least %s: %s', (a, b, is) => expect(isAtLeast(a, b)).toBe(is))
})

describe('this machine', () => {
  it('is one that set-up can plan for', () => {
    const machine = detectMachine()
    expect(machine).toMatchObject({ platform: process.platform, nodeVersion: process.versions.node })
    if (process.platform !== 'linux') expect(machine.glibc).toBeNull()
    else if (machine.glibc !== null) expect(machine.glibc).toMatch(/^\d+\.\d+/)
  })
})
