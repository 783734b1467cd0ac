import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { blobFile, createBlobStore, hashFile } from '../../../src/main/store/blob-store.ts'
import { temporaryFolder } from './temporary-folder.ts'

const sourceOf = (content: string | Buffer): string => {
  const file = join(temporaryFolder(), 'source')
  writeFileSync(file, content)
  return file
}

const staging = (root: string): string[] => readdirSync(join(root, 'images', 'staging'))

describe('the originals of a workspace', () => {
  it('lie under the SHA-256 of their bytes, with the ending of their content', () => {
    const root = temporaryFolder()
    const blobs = createBlobStore(root)
    const staged = blobs.stage(sourceOf('bytes'))
    const sha256 = createHash('sha256').update('bytes').digest('hex')
    expect(staged).toMatchObject({ sha256, bytes: 5 })
    blobs.publish([{ staged, format: 'jpeg' }]).confirm()
    expect(readFileSync(join(root, 'images', sha256.slice(0, 2), `${sha256}.jpg`), 'utf8')).toBe('bytes')
    expect(blobs.path(sha256, 'jpeg')).toBe(join(root, blobFile(sha256, 'jpeg')))
    expect(staging(root)).toEqual([])
  })

  it('are copied in blocks, byte by byte the same', async () => {
    const root = temporaryFolder()
    const blobs = createBlobStore(root)
    const content = Buffer.alloc(3 * (1 << 20) + 17, 'fanoscope')
    const source = sourceOf(content)
    const staged = blobs.stage(source)
    expect(staged.bytes).toBe(content.length)
    expect(staged.sha256).toBe(await hashFile(source))
    expect(readFileSync(staged.path).equals(content)).toBe(true)
  })

  it('are not there before they are published, and can be discarded', () => {
    const root = temporaryFolder()
    const blobs = createBlobStore(root)
    const staged = blobs.stage(sourceOf('bytes'))
    expect(blobs.has(staged.sha256, 'png')).toBe(false)
    blobs.discard(staged)
    expect(staging(root)).toEqual([])
  })

  it('are taken back when their row cannot be written, but not those that were there before', () => {
    const root = temporaryFolder()
    const blobs = createBlobStore(root)
    const old = blobs.stage(sourceOf('old'))
    blobs.publish([{ staged: old, format: 'png' }]).confirm()
    const again = blobs.stage(sourceOf('old'))
    const fresh = blobs.stage(sourceOf('new'))
    blobs
      .publish([
        { staged: again, format: 'png' },
        { staged: fresh, format: 'png' },
      ])
      .undo()
    expect(blobs.has(old.sha256, 'png')).toBe(true)
    expect(blobs.has(fresh.sha256, 'png')).toBe(false)
    expect(staging(root)).toEqual([])
  })

  it('say that the disk is full, and leave nothing half written', () => {
    const root = temporaryFolder()
    let room = 1000
    const blobs = createBlobStore(root, {
      write(fd, data, offset) {
        if (room < data.length - offset) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
        room -= data.length - offset
        return writeSync(fd, data, offset)
      },
    })
    expect(() => blobs.stage(sourceOf(Buffer.alloc(5000)))).toThrow(
      expect.objectContaining({ code: 'disk-full' }),
    )
    expect(staging(root)).toEqual([])

    const staged = blobs.stage(sourceOf(Buffer.alloc(990)))
    expect(() => blobs.publish([{ staged, format: 'png' }])).toThrow(
      expect.objectContaining({ code: 'disk-full' }),
    )
    expect(blobs.has(staged.sha256, 'png')).toBe(false)
  })

  it('do not blame the workspace for a source that cannot be read', () => {
    const root = temporaryFolder()
    const blobs = createBlobStore(root)
    expect(() => blobs.stage(join(root, 'none'))).toThrow(expect.objectContaining({ code: 'unreadable' }))
    expect(() => blobs.stage(root)).toThrow(expect.objectContaining({ code: 'unreadable' }))
    expect(existsSync(join(root, 'none'))).toBe(false)
  })

  it('recover from a journal that was cut off', () => {
    const root = temporaryFolder()
    const blobs = createBlobStore(root)
    blobs.discard(blobs.stage(sourceOf('bytes')))
    writeFileSync(join(root, 'images', 'staging', 'publishing-1'), '[{"sha256":"ab')
    blobs.recover(() => false)
    expect(staging(root)).toEqual([])
  })
})
