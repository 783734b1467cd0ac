import { describe, expect, it } from 'vitest'
import { parseAssetAddress } from '../../../../src/main/app/assets/address.ts'
import { assetPath } from '../../../../src/shared/contract.ts'

describe('addresses of pixels', () => {
  it('reads back every address that the contract makes', () => {
    expect(parseAssetAddress(assetPath.original(7))).toEqual({ kind: 'original', image: 7 })
    expect(parseAssetAddress(assetPath.thumbnail(123_456))).toEqual({ kind: 'thumbnail', image: 123_456 })
    expect(parseAssetAddress(assetPath.mask(1))).toEqual({ kind: 'mask', image: 1 })
    expect(parseAssetAddress(assetPath.reconstruction('r-2', 3))).toEqual({
      kind: 'reconstruction',
      run: 'r-2',
      image: 3,
    })
    expect(parseAssetAddress(assetPath.map('r-2', 3))).toEqual({ kind: 'map', run: 'r-2', image: 3 })
    expect(parseAssetAddress(assetPath.preview('r-2', 'samples', 0))).toEqual({
      kind: 'preview',
      run: 'r-2',
      name: 'samples',
      step: 0,
    })
  })

  it.each([
    '',
    'original',
    'original/',
    'original/0',
    'original/-1',
    'original/1.5',
    'original/1e3',
    'original/01',
    'original/0x10',
    'original/ 1',
    'original/１',
    'original/9007199254740993',
    'original/1/2',
    'original/../mask/1',
    'original/..%2f1',
    'Original/1',
    'constructor/1',
    'map/../1',
    'map/./1',
    'map/%2e%2e/1',
    'map/R-1/1',
    'map/-r/1',
    'map/r 1/1',
    'map/r\\1/1',
    'map/r-1',
    'map/r-1/1/',
    'map/r\n/1',
    `map/${'r'.repeat(65)}/1`,
    'preview/r-1/../1',
    'preview/r-1/a.png/1',
    'preview/r-1/a%00/1',
    'preview/r-1/a/1\n',
    'preview/r-1/samples/-1',
    '/etc/passwd',
    'C:\\windows\\win.ini',
    '../../fanoscope.db',
  ])('takes %j for no address', (path) => {
    expect(parseAssetAddress(path)).toBeNull()
  })
})
