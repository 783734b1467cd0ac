/**
 * Everything that a window loads: the renderer's bundle and the pixels below `asset/`. Both hosts send the same
 * answers. The bundle is read once and kept in memory, so a request never becomes a path on disk.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { Failure, failureData, failureOf } from '../../shared/failure.ts'
import { refusalCodeSchema } from '../../shared/import.ts'
import type { Assets } from '../app/assets/assets.ts'
import type { ReportDefect } from '../contract/dispatch.ts'
import { securityHeaders } from './policy.ts'

export interface SiteAnswer {
  status: 200 | 304 | 404 | 422 | 500
  headers: Record<string, string>
  body: Uint8Array | string | null
}

export interface Site {
  /**
   * Answers a request. Never throws. `path` is the part after the host's base, without query and still
   * percent-encoded; `ifNoneMatch` is that request header.
   */
  answer(path: string, ifNoneMatch: string | null): Promise<SiteAnswer>
}

export interface SiteOptions {
  /** The renderer's bundle, `out/renderer`. */
  rendererFolder: string
  assets: Assets
  /** A script that must run before the app: the bridge, where no preload script provides it. */
  bridgeFile?: string | undefined
  report: ReportDefect
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}

interface Page {
  body: Uint8Array
  contentType: string
  etag: string
  /** Whether the name of the file changes with its content. */
  hashed: boolean
}

/** Failures for which the answer is "not found". */
const absent = new Set(['not-found', 'asset-unknown', 'file-missing', 'no-workspace'])
/** The picture itself is damaged: no defect of the program, which 5xx would say. */
const damaged: ReadonlySet<string> = new Set([...refusalCodeSchema.options, 'map-unreadable'])
const statusOf = (code: string): SiteAnswer['status'] =>
  absent.has(code) ? 404 : damaged.has(code) ? 422 : 500

const bridgeName = 'bridge.js'

/** Rejects with Failure `renderer-missing` where there is no bundle. */
export async function openSite({ rendererFolder, assets, bridgeFile, report }: SiteOptions): Promise<Site> {
  const pages = await readBundle(rendererFolder)
  if (bridgeFile !== undefined) await putBridgeFirst(pages, bridgeFile)

  return {
    async answer(path, ifNoneMatch) {
      try {
        const page = pages.get(path === '' ? 'index.html' : path)
        if (page !== undefined) {
          const cacheControl = page.hashed ? 'private, max-age=31536000, immutable' : 'private, no-cache'
          return deliver(page.contentType, page.etag, cacheControl, ifNoneMatch, async () => page.body)
        }
        if (!path.startsWith('asset/')) {
          throw new Failure('not-found')
        }
        const asset = await assets.find(path.slice('asset/'.length))
        // Not immutable, because another workspace has other pictures at the same addresses.
        return await deliver(asset.contentType, asset.etag, 'private, no-cache', ifNoneMatch, asset.read)
      } catch (error) {
        const failure = failureData(error)
        if (failure.code === 'internal') {
          report(`${path.slice(0, 200)} could not be sent: ${failureOf(failure).message}`, error)
        }
        return {
          status: statusOf(failure.code),
          headers: {
            ...securityHeaders,
            'content-type': 'application/json; charset=utf-8',
            'cache-control': 'no-store',
          },
          body: JSON.stringify({ error: failure }),
        }
      }
    },
  }
}

async function deliver(
  contentType: string,
  etag: string,
  cacheControl: string,
  ifNoneMatch: string | null,
  read: () => Promise<Uint8Array>,
): Promise<SiteAnswer> {
  const headers = { ...securityHeaders, 'content-type': contentType, 'cache-control': cacheControl, etag }
  if (ifNoneMatch === etag) return { status: 304, headers, body: null }
  return { status: 200, headers, body: await read() }
}

async function readBundle(folder: string): Promise<Map<string, Page>> {
  const pages = new Map<string, Page>()
  const missing = (cause?: unknown): Failure =>
    new Failure('renderer-missing', { file: join(folder, 'index.html') }, { cause })
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw missing(cause)
  })
  for (const entry of entries) {
    const contentType = contentTypes[extname(entry.name)]
    if (!entry.isFile() || contentType === undefined) continue
    const file = join(entry.parentPath, entry.name)
    const name = relative(folder, file).split(sep).join('/')
    const hashed = name.startsWith('assets/')
    pages.set(name, makePage(await readFile(file), contentType, hashed))
  }
  if (!pages.has('index.html')) throw missing()
  return pages
}

async function putBridgeFirst(pages: Map<string, Page>, bridgeFile: string): Promise<void> {
  const script = await readFile(bridgeFile).catch((cause: unknown) => {
    throw new Failure('renderer-missing', { case: 'bridge', file: bridgeFile }, { cause })
  })
  pages.set(bridgeName, makePage(script, 'text/javascript; charset=utf-8', false))
  const index = new TextDecoder().decode(pages.get('index.html')?.body)
  const head = /<head[^>]*>/i.exec(index)
  if (head === null) {
    throw new Failure('renderer-missing', { case: 'no-head' })
  }
  const end = head.index + head[0].length
  const page = `${index.slice(0, end)}<script src="./${bridgeName}"></script>${index.slice(end)}`
  pages.set('index.html', makePage(new TextEncoder().encode(page), 'text/html; charset=utf-8', false))
}

function makePage(body: Uint8Array, contentType: string, hashed: boolean): Page {
  const digest = createHash('sha256').update(body).digest('base64url')
  return { body, contentType, etag: `"${digest}"`, hashed }
}
