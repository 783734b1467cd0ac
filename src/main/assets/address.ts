/**
 * Reads the addresses that `assetPath` of the contract makes. An address is numbers and names of a fixed
 * form and nothing else, so that no part of a path on disk can come from outside.
 */
import { idSchema } from '../../shared/domain.ts'

export type AssetAddress =
  | { kind: 'original' | 'thumbnail' | 'mask'; image: number }
  | { kind: 'reconstruction' | 'map'; run: string; image: number }
  | { kind: 'preview'; run: string; name: string; step: number }

const previewName = /^[a-z0-9][a-z0-9_-]{0,63}$/i

/** Null where `path` is not such an address. `path` is relative, without a query. */
export function parseAssetAddress(path: string): AssetAddress | null {
  const [kind, first = '', second = '', third = '', ...rest] = path.split('/')
  if (rest.length > 0) return null
  switch (kind) {
    case 'original':
    case 'thumbnail':
    case 'mask': {
      const image = whole(first)
      return image === null || image === 0 || path !== `${kind}/${image}` ? null : { kind, image }
    }
    case 'reconstruction':
    case 'map': {
      const image = whole(second)
      const run = idSchema.safeParse(first)
      return image === null || image === 0 || !run.success || path !== `${kind}/${run.data}/${image}`
        ? null
        : { kind, run: run.data, image }
    }
    case 'preview': {
      const step = whole(third)
      const run = idSchema.safeParse(first)
      return step === null || !run.success || !previewName.test(second)
        ? null
        : { kind, run: run.data, name: second, step }
    }
    default:
      return null
  }
}

/** Plain decimal digits only: no sign, no exponent, no leading zero. */
function whole(text: string): number | null {
  return /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : null
}
