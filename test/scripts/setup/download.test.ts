import { createHash } from 'node:crypto'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { downloadFile, readAddress, request, usualLimits } from '../../../scripts/setup/download.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'
import { sendRange, serve } from './file-server.ts'

const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251))
const sha256 = createHash('sha256').update(content).digest('hex')
const limits = { ...usualLimits, pause: 0 }
const wanted = { bytes: content.length, sha256, limits }

describe('a download', () => {
  it('arrives whole, and tells how far it is', async () => {
    const { url } = await serve((request, response) => sendRange(request, response, content))
    const file = join(temporaryFolder(), 'folder', 'file.whl')
    const told: number[] = []
    await downloadFile(url, file, { ...wanted, onBytes: (done) => told.push(done) })
    expect(readFileSync(file).equals(content)).toBe(true)
    expect([told.at(-1), existsSync(`${file}.part`)]).toEqual([content.length, false])
    expect(told).toEqual([...told].sort((a, b) => a - b))
  })

  it('that breaks again and again goes on where it broke', async () => {
    const { url, ranges } = await serve((request, response) => sendRange(request, response, content, 70_000))
    const file = join(temporaryFolder(), 'file.whl')
    await downloadFile(url, file, wanted)
    expect(readFileSync(file).equals(content)).toBe(true)
    expect(ranges.length).toBeGreaterThan(limits.tries)
    expect(ranges[0]).toBeNull()
    const starts = ranges.slice(1).map((range) => Number(range?.slice('bytes='.length, -1)))
    expect(starts).toEqual([70_000, 140_000, 210_000, 280_000])
  })

  it('that a run before left half done goes on in the next run', async () => {
    const { url, ranges } = await serve((request, response) => sendRange(request, response, content))
    const file = join(temporaryFolder(), 'file.whl')
    writeFileSync(`${file}.part`, content.subarray(0, 123_456))
    await downloadFile(url, file, wanted)
    expect(ranges).toEqual(['bytes=123456-'])
    expect(readFileSync(file).equals(content)).toBe(true)
  })

  it('that is there already is not asked for again', async () => {
    const { url, ranges } = await serve((_request, response) => response.writeHead(500).end())
    const file = join(temporaryFolder(), 'file.whl')
    writeFileSync(file, content)
    await downloadFile(url, file, wanted)
    writeFileSync(`${join(file)}.other.part`, content)
    await downloadFile(url, `${file}.other`, wanted)
    expect(ranges).toEqual([])
  })

  it('starts anew where the server knows no ranges', async () => {
    const { url } = await serve((_request, response) => response.writeHead(200).end(content))
    const file = join(temporaryFolder(), 'file.whl')
    writeFileSync(`${file}.part`, content.subarray(0, 1000))
    await downloadFile(url, file, wanted)
    expect(readFileSync(file).equals(content)).toBe(true)
  })

  it('of another content is deleted, and the message says what arrived', async () => {
    const other = Buffer.alloc(content.length, 1)
    const { url } = await serve((request, response) => sendRange(request, response, other))
    const file = join(temporaryFolder(), 'file.whl')
    await expect(downloadFile(url, file, wanted)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('not the expected file'),
      remedy: expect.stringMatching(/./),
    })
    expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false])
  })

  it('of a part that belongs to another file is deleted, so that the next try begins anew', async () => {
    const { url, ranges } = await serve((request, response) => sendRange(request, response, content))
    const file = join(temporaryFolder(), 'file.whl')
    writeFileSync(`${file}.part`, Buffer.alloc(5000, 9))
    await expect(downloadFile(url, file, wanted)).rejects.toMatchObject({ code: 'unreachable' })
    await downloadFile(url, file, wanted)
    expect(ranges).toEqual(['bytes=5000-', null])
    writeFileSync(`${file}2.part`, Buffer.alloc(content.length + 1))
    await downloadFile(url, `${file}2`, wanted)
    expect(readFileSync(`${file}2`).equals(content)).toBe(true)
  })

  it('of a file that is shorter on the server is refused, and nothing of it stays', async () => {
    const short = content.subarray(0, 1000)
    const { url } = await serve((request, response) => sendRange(request, response, short))
    for (const had of [0, 5000]) {
      const file = join(temporaryFolder(), 'file.whl')
      if (had > 0) writeFileSync(`${file}.part`, content.subarray(0, had))
      await expect(downloadFile(url, file, wanted)).rejects.toMatchObject({ code: 'unreachable' })
      expect([existsSync(file), existsSync(`${file}.part`)]).toEqual([false, false])
    }
  })

  it('is given up after three tries in a row without a byte more, and what came is kept', async () => {
    const { url, ranges } = await serve((request, response, count) => {
      if (count === 1) sendRange(request, response, content, 50_000)
      else response.destroy()
    })
    const file = join(temporaryFolder(), 'file.whl')
    await expect(downloadFile(url, file, wanted)).rejects.toMatchObject({
      code: 'unreachable',
      remedy: expect.stringContaining('network'),
    })
    expect(ranges).toHaveLength(4)
    expect(readFileSync(`${file}.part`).equals(content.subarray(0, 50_000))).toBe(true)
  })

  it.skipIf(process.platform !== 'linux')(
    'onto a full disk says so, and not that the network is away',
    async () => {
      const { url, ranges } = await serve((request, response) => sendRange(request, response, content))
      const file = join(temporaryFolder(), 'file.whl')
      symlinkSync('/dev/full', `${file}.part`)
      await expect(downloadFile(url, file, wanted)).rejects.toMatchObject({
        code: 'disk-full',
        remedy: expect.stringContaining('Free'),
      })
      expect(ranges).toHaveLength(1)
    },
  )

  it('from where nobody listens says which host', async () => {
    const { url } = await serve(() => undefined)
    const nowhere = url.replace(/:\d+/, ':1')
    const file = join(temporaryFolder(), 'file.whl')
    await expect(downloadFile(nowhere, file, wanted)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('127.0.0.1:1 cannot be reached'),
    })
  })

  it('from a host that does not answer, or stops, is not waited for without end', async () => {
    const silent = await serve(() => undefined)
    const hasty = { ...limits, connect: 20, stall: 20 }
    await expect(request(silent.url, { limits: hasty })).rejects.toMatchObject({
      message: expect.stringContaining('did not answer within'),
    })
    const stopping = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100 }).write('a')
    })
    await expect(readAddress(stopping.url, { limits: hasty })).rejects.toMatchObject({
      message: expect.stringContaining('sent nothing for'),
    })
  })
})

describe('a redirect', () => {
  it('is followed, also a relative one', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/file.whl') response.writeHead(302, { location: '/there' }).end()
      else response.end('here')
    })
    expect(await readAddress(url)).toBe('here')
  })

  it('without end is an error', async () => {
    const { url } = await serve((_request, response) => response.writeHead(302, { location: '/' }).end())
    await expect(readAddress(url)).rejects.toMatchObject({ message: expect.stringContaining('without end') })
  })
})

describe('an answer', () => {
  it('that refuses names its status', async () => {
    const { url } = await serve((_request, response) => response.writeHead(403).end())
    await expect(readAddress(url)).rejects.toMatchObject({
      message: expect.stringMatching(/answered 403 for \/file\.whl/),
    })
  })

  it('larger than expected is not read to its end', async () => {
    const { url } = await serve((_request, response) => response.end('x'.repeat(1000)))
    await expect(readAddress(url, { largest: 999 })).rejects.toMatchObject({ code: 'unreachable' })
  })
})
