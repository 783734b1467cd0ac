import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatOf, formatOfFile } from '../../../scripts/bundle/binary-format.mjs'
import { placesIn, projectRoot } from '../../../scripts/setup/places.mjs'

const prebuilds = join(placesIn(projectRoot).modules, 'better-sqlite3', 'prebuilds')

describe('for which system a library was built', () => {
  it.each([
    ['linux-x64', 'elf', 'x64'],
    ['linux-arm64', 'elf', 'arm64'],
    ['win32-x64', 'pe', 'x64'],
    ['win32-arm64', 'pe', 'arm64'],
    ['darwin-x64', 'mach-o', 'x64'],
    ['darwin-arm64', 'mach-o', 'arm64'],
  ])('is read from its first bytes: %s', (name, format, arch) => {
    expect(formatOfFile(join(prebuilds, `${name}.node`))).toEqual({ format, arch })
  })

  it('is not told of other files, short ones too', () => {
    expect(formatOf(Buffer.from('{"name":"a package"}'))).toBeNull()
    expect(formatOf(Buffer.from('MZ'))).toBeNull()
    expect(formatOf(Buffer.alloc(0))).toBeNull()
  })
})
