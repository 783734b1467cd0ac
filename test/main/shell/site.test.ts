import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAssets } from '../../../src/main/app/assets/assets.ts'
import { pictures } from '../../../src/main/app/assets/pictures.ts'
import { contentSecurityPolicy } from '../../../src/main/shell/policy.ts'
import { openSite, type Site } from '../../../src/main/shell/site.ts'
import { assetPath } from '../../../src/shared/contract.ts'
import { Failure } from '../../../src/shared/failure.ts'
import { type StoredPictures, storePictures } from '../app/assets/stored-pictures.ts'
import { type BuiltRenderer, buildRenderer } from './built-renderer.ts'

let built: BuiltRenderer
let stored: StoredPictures
let site: Site
const reports: string[] = []
beforeAll(async () => {
  built = buildRenderer()
  stored = await storePictures()
  site = await openSite({
    rendererFolder: built.rendererFolder,
    assets: createAssets(stored.source, pictures),
    report: (message) => reports.push(message),
  })
})
afterAll(() => {
  rmSync(built.folder, { recursive: true })
  rmSync(stored.folder, { recursive: true })
})

const text = (body: Uint8Array | string | null): string =>
  typeof body === 'string' ? body : new TextDecoder().decode(body ?? new Uint8Array())

describe('what a window loads', () => {
  it('is the page at the base and at its own name', async () => {
    for (const path of ['', 'index.html']) {
      const answer = await site.answer(path, null)
      expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
      expect(text(answer.body)).toContain('index-abc.js')
    }
  })

  it('may be kept for good only where its name changes with its content', async () => {
    const script = await site.answer('assets/index-abc.js', null)
    expect(script.headers['cache-control']).toContain('immutable')
    for (const path of ['', `asset/${assetPath.original(1)}`]) {
      expect((await site.answer(path, null)).headers['cache-control']).toBe('private, no-cache')
    }
  })

  it('is not sent again to who has it', async () => {
    for (const path of ['', 'assets/index-abc.js', `asset/${assetPath.thumbnail(2)}`]) {
      const first = await site.answer(path, null)
      const second = await site.answer(path, first.headers.etag ?? null)
      expect([second.status, second.body]).toEqual([304, null])
      expect((await site.answer(path, '"else"')).status).toBe(200)
    }
  })

  it.each([
    '..',
    '../secret.txt',
    'assets/../../secret.txt',
    '%2e%2e/secret.txt',
    '..%2fsecret.txt',
    'assets\\..\\..\\secret.txt',
    '/etc/passwd',
    'asset/../secret.txt',
    'asset/original/../../secret.txt',
    'assets/index-abc.js.map',
    'bridge.js',
    'constructor',
  ])('has nothing at %s', async (path) => {
    const answer = await site.answer(path, null)
    expect(answer.status).toBe(404)
    expect(JSON.parse(text(answer.body)).error).toEqual({
      code: expect.stringMatching(/./),
      params: expect.any(Object),
    })
    expect(text(answer.body)).not.toBe('secret')
  })

  it('carries the security headers, whatever the answer', async () => {
    for (const path of [
      '',
      'assets/index-abc.js',
      `asset/${assetPath.mask(1)}`,
      'nowhere',
      'asset/nowhere',
    ]) {
      const { headers } = await site.answer(path, null)
      expect(headers['content-security-policy']).toBe(contentSecurityPolicy)
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['referrer-policy']).toBe('no-referrer')
    }
  })

  it('says in a picture’s place why it is not there', async () => {
    const unknown = await site.answer(`asset/${assetPath.original(99)}`, null)
    expect([unknown.status, JSON.parse(text(unknown.body)).error.code]).toEqual([404, 'asset-unknown'])
    const gone = await site.answer(`asset/${assetPath.original(3)}`, null)
    expect([gone.status, JSON.parse(text(gone.body)).error.code]).toEqual([404, 'file-missing'])
    expect(reports).toEqual([])
  })

  it('reports its own defects and tells the window', async () => {
    const broken = await openSite({
      rendererFolder: built.rendererFolder,
      assets: { find: () => Promise.reject(new TypeError('no such method')) },
      report: (message) => reports.push(message),
    })
    expect((await broken.answer('asset/original/1', null)).status).toBe(500)
    expect(reports.pop()).toContain('no such method')
  })

  it('takes a map that cannot be read for damaged, and for no defect of its own', async () => {
    const damaged = await openSite({
      rendererFolder: built.rendererFolder,
      assets: { find: () => Promise.reject(new Failure('map-unreadable', { reason: 'no picture' })) },
      report: (message) => reports.push(message),
    })
    expect((await damaged.answer(`asset/${assetPath.map('r-1', 1)}`, null)).status).toBe(422)
    expect(reports).toEqual([])
  })
})

describe('the policy', () => {
  it('allows nothing inline, nothing evaluated, nothing from elsewhere', () => {
    expect(contentSecurityPolicy).toContain("default-src 'none'")
    expect(contentSecurityPolicy).not.toMatch(/unsafe|\*|https?:|data:|blob:/)
  })
})

describe('a bridge that no preload brings', () => {
  it('is a script before every other', async () => {
    const { rendererFolder, bridgeFile } = built
    const assets = createAssets(stored.source, pictures)
    const own = await openSite({ rendererFolder, bridgeFile, assets, report: () => undefined })
    const page = text((await own.answer('', null)).body)
    expect(page.match(/<script[^>]*>/)?.[0]).toBe('<script src="./bridge.js">')
    expect(text((await own.answer('bridge.js', null)).body)).toContain('globalThis.fanoscope')
  })

  it('and the windows themselves must have been built', async () => {
    const assets = createAssets(stored.source, pictures)
    const report = () => undefined
    const nowhere = openSite({ rendererFolder: `${built.folder}/nowhere`, assets, report })
    await expect(nowhere).rejects.toMatchObject({
      code: 'renderer-missing',
      remedy: expect.stringContaining('build'),
    })
    const empty = openSite({ rendererFolder: `${built.folder}/preload`, assets, report })
    await expect(empty).rejects.toMatchObject({ code: 'renderer-missing' })
    const { rendererFolder } = built
    const noBridge = openSite({ rendererFolder, bridgeFile: `${built.folder}/no.js`, assets, report })
    await expect(noBridge).rejects.toMatchObject({ code: 'renderer-missing' })
  })
})
