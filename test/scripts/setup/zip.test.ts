import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { crc32ByTable, extractZip, listZip } from '../../../scripts/setup/zip.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'
import { type Entry, zipBytes, zipFile } from './zip-archive.ts'

const large = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * 31) % 253))

describe('an archive', () => {
  it('comes out as it went in, stored and deflated, in folders, empty and large', async () => {
    const file = zipFile([
      { name: 'a/', content: '' },
      { name: 'a/b/stored.txt', content: 'stored', method: 0 },
      { name: 'a/deflated.txt', content: 'deflated '.repeat(100) },
      { name: 'empty', method: 0 },
      { name: 'large.so', content: large },
      { name: 'Teil ü.txt', content: 'name in UTF-8' },
    ])
    const to = join(temporaryFolder(), 'out')
    const told: number[][] = []
    const result = await extractZip(file, { to, onBytes: (...all) => told.push(all) })
    expect(readFileSync(join(to, 'a/b/stored.txt'), 'utf8')).toBe('stored')
    expect(readFileSync(join(to, 'a/deflated.txt'), 'utf8')).toBe('deflated '.repeat(100))
    expect(readFileSync(join(to, 'empty'))).toHaveLength(0)
    expect(readFileSync(join(to, 'large.so')).equals(large)).toBe(true)
    expect(readFileSync(join(to, 'Teil ü.txt'), 'utf8')).toBe('name in UTF-8')
    expect(result.files).toBe(5)
    expect(told.at(-1)).toEqual([result.bytes, result.bytes])
  })

  it('gives what is chosen and nothing else', async () => {
    const file = zipFile([
      { name: 'a.so', content: 'a' },
      { name: 'b.py', content: 'b' },
    ])
    const to = temporaryFolder()
    await extractZip(file, { to, choose: (name) => name.endsWith('.so') })
    expect(readdirSync(to)).toEqual(['a.so'])
  })

  it.skipIf(process.platform === 'win32')('keeps programs executable', async () => {
    const file = zipFile([
      { name: 'ptxas', content: 'x', executable: true },
      { name: 'text', content: 'x' },
    ])
    const to = temporaryFolder()
    await extractZip(file, { to })
    expect([statSync(join(to, 'ptxas')).mode & 0o100, statSync(join(to, 'text')).mode & 0o100]).toEqual([
      0o100, 0,
    ])
  })

  it('may be a ZIP64 one', async () => {
    const file = zipFile([{ name: 'a', content: 'in 64 bits', zip64: true }], { zip64: true })
    expect(await listZip(file)).toEqual([expect.objectContaining({ name: 'a', size: 10, offset: 0 })])
    const to = temporaryFolder()
    await extractZip(file, { to })
    expect(readFileSync(join(to, 'a'), 'utf8')).toBe('in 64 bits')
  })

  it('may end in a comment', async () => {
    const file = zipFile([{ name: 'a', content: 'x' }], { comment: 'made by hand' })
    expect(await listZip(file)).toHaveLength(1)
  })
})

describe('a hostile archive', () => {
  it.each([
    '../escaped',
    'a/../../escaped',
    '/escaped',
    '//server/escaped',
    'C:escaped',
    'c:\\escaped',
    '..\\escaped',
    'a\\..\\..\\escaped',
    '..',
  ])('writes nothing outside its folder by the name %s', async (name) => {
    const file = zipFile([{ name, content: 'x' }])
    const to = join(temporaryFolder(), 'deep', 'out')
    await expect(extractZip(file, { to })).rejects.toMatchObject({
      code: 'archive-broken',
      message: expect.stringContaining('outside its folder'),
    })
    expect(existsSync(join(dirname(to), 'escaped'))).toBe(false)
    expect(existsSync('/escaped')).toBe(false)
  })

  const wrong: [string, Entry][] = [
    ['another checksum', { name: 'a', content: 'content', crc: 1 }],
    ['a size too small', { name: 'a', content: 'content', size: 1 }],
    ['a size too large', { name: 'a', content: 'content', size: 1e6 }],
    ['a place that is not its', { name: 'a', content: 'content', offset: 3 }],
    ['a place behind the end', { name: 'a', content: 'content', offset: 1e9 }],
    ['a method that is not known', { name: 'a', content: 'content', method: 14 }],
    ['data that do not inflate', { name: 'a', content: Buffer.from([0xff, 0xff, 0xff]), method: 0 }],
  ]
  it.each(wrong)('with %s is refused, and no half file stays', async (what, entry) => {
    let bytes = zipBytes([entry])
    if (what === 'data that do not inflate') {
      // Stored bytes that the list calls deflated.
      bytes = Buffer.from(bytes)
      bytes.writeUInt16LE(8, bytes.indexOf(Buffer.from('PK\x01\x02')) + 10)
    }
    const file = join(temporaryFolder(), 'a.zip')
    writeFileSync(file, bytes)
    const to = join(temporaryFolder(), 'out')
    await expect(extractZip(file, { to })).rejects.toMatchObject({
      code: 'archive-broken',
      message: expect.stringContaining(file),
      remedy: expect.stringMatching(/./),
    })
    expect(existsSync(join(to, 'a'))).toBe(false)
  })

  it('that promises more entries than it lists is refused', async () => {
    await expect(listZip(zipFile([{ name: 'a' }], { count: 2 }))).rejects.toMatchObject({
      code: 'archive-broken',
    })
  })

  it('whose list is longer than the file is refused before anything is allocated for it', async () => {
    await expect(listZip(zipFile([{ name: 'a' }], { listLength: 0x7fffffff }))).rejects.toMatchObject({
      code: 'archive-broken',
    })
  })

  it('cut off anywhere is refused', async () => {
    const whole = zipBytes([{ name: 'a', content: 'content' }])
    for (let length = 0; length < whole.length; length++) {
      const file = join(temporaryFolder(), 'a.zip')
      writeFileSync(file, whole)
      truncateSync(file, length)
      await expect(listZip(file), `${length} bytes`).rejects.toMatchObject({ code: 'archive-broken' })
    }
  })
})

describe('the checksum for a Node that has none', () => {
  it('is zlib’s, in one piece and in several', () => {
    for (const length of [0, 1, 2, 255, 256, 10_000]) {
      const bytes = large.subarray(0, length)
      expect(crc32ByTable(bytes, 0)).toBe(crc32(bytes))
      const half = length >> 1
      expect(crc32ByTable(bytes.subarray(half), crc32ByTable(bytes.subarray(0, half), 0))).toBe(crc32(bytes))
    }
  })
})
