import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { faultsOf, signatureOf, sumsOf } from '../../../scripts/bundle/signature.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

function keyPair(folder: string, name: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const files = { secret: join(folder, `${name}.pem`), open: join(folder, `${name}.pub.pem`) }
  writeFileSync(files.secret, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(files.open, publicKey.export({ type: 'spki', format: 'pem' }))
  return files
}

async function signedBundle(folder: string, secret: string) {
  const bundle = join(folder, 'bundle')
  mkdirSync(join(bundle, 'program'), { recursive: true })
  writeFileSync(join(bundle, 'start'), 'start')
  writeFileSync(join(bundle, 'program', 'node'), 'node')
  const sums = await sumsOf([
    { path: 'start', source: join(bundle, 'start') },
    { path: 'program/node', content: 'node' },
  ])
  writeFileSync(join(bundle, 'SHA256SUMS'), sums)
  writeFileSync(join(bundle, 'SHA256SUMS.sig'), signatureOf(sums, secret))
  return bundle
}

describe('an unpacked bundle', () => {
  it('is whole and signed by its key, and not by another one', async () => {
    const folder = temporaryFolder()
    const own = keyPair(folder, 'own')
    const other = keyPair(folder, 'other')
    const bundle = await signedBundle(folder, own.secret)
    expect(await faultsOf(bundle, null)).toEqual([])
    expect(await faultsOf(bundle, own.open)).toEqual([])
    expect(await faultsOf(bundle, other.open)).toEqual(['The signature is not of this key.'])
  })

  it('is not whole once a file is another one, is missing, or came in addition', async () => {
    const folder = temporaryFolder()
    const own = keyPair(folder, 'own')
    const bundle = await signedBundle(folder, own.secret)
    writeFileSync(join(bundle, 'program', 'node'), 'evil')
    writeFileSync(join(bundle, 'more'), '')
    rmSync(join(bundle, 'start'))
    expect((await faultsOf(bundle, own.open)).sort()).toEqual([
      'more is not in SHA256SUMS.',
      'program/node is another file.',
      'start is missing.',
    ])
  })

  it('says that it is not signed, or has no sums', async () => {
    const folder = temporaryFolder()
    const own = keyPair(folder, 'own')
    const bundle = await signedBundle(folder, own.secret)
    rmSync(join(bundle, 'SHA256SUMS.sig'))
    expect(await faultsOf(bundle, own.open)).toEqual(['The bundle is not signed.'])
    rmSync(join(bundle, 'SHA256SUMS'))
    expect(await faultsOf(bundle, null)).toEqual(['SHA256SUMS is missing.'])
  })

  it('is not signed by a file that is no Ed25519 key', () => {
    const folder = temporaryFolder()
    const file = join(folder, 'key.pem')
    writeFileSync(file, 'not a key')
    expect(() => signatureOf('', file)).toThrow(`${file} is not such a key.`)
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    expect(() => signatureOf('', file)).toThrow('no Ed25519 key')
  })
})
