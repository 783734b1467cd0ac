import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isWhole, sha256Of } from '../../../scripts/setup/checksum.mjs'
import { readJson, writeJson } from '../../../scripts/setup/json-file.mjs'
import { bytesIn, linkTree } from '../../../scripts/setup/tree.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

describe('a file of JSON', () => {
  it('is read as it was written, and nothing else lies beside it', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'deep', 'a.json')
    writeJson(file, { a: [1, 'ü'] })
    expect(readJson(file)).toEqual({ a: [1, 'ü'] })
    expect(readdirSync(join(folder, 'deep'))).toEqual(['a.json'])
  })

  it('that is missing or broken is null', () => {
    const file = join(temporaryFolder(), 'a.json')
    expect(readJson(file)).toBeNull()
    writeFileSync(file, '{"a":')
    expect(readJson(file)).toBeNull()
  })
})

describe('a file', () => {
  it('is whole when it has its size and its SHA-256', async () => {
    const file = join(temporaryFolder(), 'a')
    writeFileSync(file, 'abc')
    const sha256 = createHash('sha256').update('abc').digest('hex')
    expect(await sha256Of(file)).toBe(sha256)
    expect(await isWhole(file, { bytes: 3, sha256 })).toBe(true)
    expect(await isWhole(file, { bytes: 4, sha256 })).toBe(false)
    expect(await isWhole(file, { bytes: 3, sha256: '00' })).toBe(false)
    expect(await isWhole(`${file}.none`, { bytes: 3, sha256 })).toBe(false)
  })
})

describe('a folder', () => {
  it('holds as many bytes as its files, and none where it is not there', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'a'))
    writeFileSync(join(folder, 'a', 'b'), '12345')
    writeFileSync(join(folder, 'c'), '123')
    expect(bytesIn(folder)).toBe(8)
    expect(bytesIn(join(folder, 'none'))).toBe(0)
  })

  it.skipIf(process.platform === 'win32')('is copied with its links as links', () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'from', 'lib'), { recursive: true })
    writeFileSync(join(folder, 'from', 'lib', 'a.so.2'), 'library')
    symlinkSync('a.so.2', join(folder, 'from', 'lib', 'a.so'))
    linkTree(join(folder, 'from'), join(folder, 'to'))
    expect(readFileSync(join(folder, 'to', 'lib', 'a.so'), 'utf8')).toBe('library')
    expect(readlinkSync(join(folder, 'to', 'lib', 'a.so'))).toBe('a.so.2')
  })
})
