/** Turns an address of `assetPath` into the bytes that a window shows. Both hosts serve assets through this file. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { Failure } from '../../../shared/failure.ts'
import { type DisplayOptions, isDisplayable } from '../../images/display.ts'
import { type AssetAddress, parseAssetAddress } from './address.ts'
import type { Pictures } from './pictures.ts'
import type { AssetSource } from './source.ts'

export interface Asset {
  contentType: string
  /**
   * Changes whenever the bytes change. It is computed before the bytes, so that a window that has them already costs
   * nothing.
   */
  etag: string
  read(): Promise<Uint8Array>
}

export interface Assets {
  /**
   * Rejects with Failure `asset-unknown` for a path that is no address or is not in the workspace, with
   * `file-missing` for a file that was deleted, and with any failure of the source or the decoder.
   */
  find(path: string): Promise<Asset>
}

export function createAssets(source: AssetSource, pictures: Pictures): Assets {
  const found = async (address: AssetAddress): Promise<Asset | null> => {
    switch (address.kind) {
      case 'original':
      case 'thumbnail':
        return photograph(address.kind, address.image)
      case 'mask':
        return made('image/png', source.maskFile(address.image), pictures.mask)
      case 'map':
        return made('application/octet-stream', source.mapFile(address.run, address.image), pictures.map)
      case 'reconstruction':
        return made('image/png', source.reconstructionFile(address.run, address.image), bytesOf)
      case 'preview':
        return made('image/png', source.previewFile(address.run, address.name, address.step), bytesOf)
    }
  }

  const photograph = (kind: 'original' | 'thumbnail', id: number): Asset | null => {
    const stored = source.imageFile(id)
    const cache = source.cacheFolder
    if (stored === null || cache === null) return null
    const { file, image, white } = stored
    const options: DisplayOptions = { source: file, image, cache, ...(white === undefined ? {} : { white }) }
    return {
      contentType:
        kind === 'thumbnail' ? 'image/webp' : isDisplayable(image) ? `image/${image.format}` : 'image/png',
      etag: `"${image.sha256}-${kind}-${white ?? 'own'}"`,
      read: async () =>
        bytesOf(await (kind === 'thumbnail' ? pictures.thumbnail(options) : pictures.display(options))),
    }
  }

  return {
    async find(path) {
      const address = parseAssetAddress(path)
      const asset = address === null ? null : await found(address)
      if (asset === null) {
        throw new Failure('asset-unknown', { path: path.slice(0, 200) })
      }
      return asset
    },
  }
}

/** An asset from a file of a run. Such files may be overwritten, so the etag comes from their state on disk. */
async function made(
  contentType: string,
  file: string | null,
  read: (file: string) => Promise<Uint8Array>,
): Promise<Asset | null> {
  if (file === null) return null
  const state = await stat(file).catch((cause: unknown) => {
    throw missing(file, cause)
  })
  const identity = createHash('sha256').update(`${file}\n${state.size}\n${state.mtimeMs}`).digest('base64url')
  return { contentType, etag: `"${identity}"`, read: () => read(file) }
}

async function bytesOf(file: string): Promise<Uint8Array> {
  return readFile(file).catch((cause: unknown) => {
    throw missing(file, cause)
  })
}

const missing = (file: string, cause: unknown): Failure => new Failure('file-missing', { file }, { cause })
