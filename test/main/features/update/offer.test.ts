import { appendFileSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lookAt } from '../../../../src/main/features/update/offer.ts'
import { sharedFolder, temporaryFolder } from '../../store/temporary-folder.ts'
import { installed, newKeys, packedBundle, unpackedBundle, zippedBundle } from './small-bundle.ts'

// The bundles of these tests are for Linux; what looks at them is the same everywhere.
describe.skipIf(process.platform === 'win32')('what a folder offers', () => {
  const shared = sharedFolder()
  const keys = newKeys(shared)
  const present = () => installed(join(temporaryFolder(), '厂区 3'), { version: '1.9.0', keys })

  it.each([
    ['unpacked', unpackedBundle],
    ['as an archive', packedBundle],
    ['as a zip archive', zippedBundle],
  ] as const)('is told of a bundle %s', async (_form, make) => {
    const stick = join(temporaryFolder(), 'stick')
    await make(stick, { version: '1.10.0', keys })
    const { offer, sums } = await lookAt(stick, await present())
    expect(offer).toMatchObject({ version: '1.10.0', present: '1.9.0', system: `linux-${process.arch}` })
    expect(offer.files).toBeGreaterThan(8)
    expect(offer.bytes).toBeGreaterThan(1_000)
    expect(sums.get('program/bundle.json')).toMatch(/^[0-9a-f]{64}$/)
  })

  it('is the newest of several archives, and nothing of other systems', async () => {
    const stick = join(temporaryFolder(), 'stick')
    await packedBundle(stick, { version: '1.10.0', keys })
    await packedBundle(stick, { version: '1.11.0-rc.1', keys })
    await packedBundle(stick, { version: '2.0.0', keys, system: 'win-x64' })
    expect((await lookAt(stick, await present())).offer.version).toBe('1.11.0-rc.1')
  })

  it('is found one folder below, as a stick is usually copied', async () => {
    const stick = temporaryFolder()
    await unpackedBundle(join(stick, 'fanoscope-1.10.0'), { version: '1.10.0', keys })
    expect((await lookAt(stick, await present())).offer.version).toBe('1.10.0')
  })

  it('is nothing where there is no bundle, or no folder', async () => {
    const empty = temporaryFolder()
    const installation = await present()
    for (const folder of [empty, join(empty, 'absent')])
      await expect(lookAt(folder, installation)).rejects.toMatchObject({ code: 'update-nothing-found' })
  })

  it('is refused where another key signed it, or nobody did', async () => {
    const other = newKeys(shared, 'other')
    const [stick, unsigned] = [temporaryFolder(), temporaryFolder()]
    await packedBundle(stick, { version: '1.10.0', keys: other })
    await packedBundle(unsigned, { version: '1.10.0' })
    const installation = await present()
    await expect(lookAt(stick, installation)).rejects.toMatchObject({
      code: 'update-signature-wrong',
      params: { source: expect.any(String) },
    })
    await expect(lookAt(unsigned, installation)).rejects.toMatchObject({
      code: 'update-signature-wrong',
      params: { case: 'unsigned' },
    })
  })

  it('is refused where the list of sums was changed after it was signed', async () => {
    const stick = join(temporaryFolder(), 'stick')
    await unpackedBundle(stick, { version: '1.10.0', keys })
    appendFileSync(join(stick, 'SHA256SUMS'), `${'0'.repeat(64)}  program/more.js\n`)
    await expect(lookAt(stick, await present())).rejects.toMatchObject({ code: 'update-signature-wrong' })
  })

  it('is refused where its version was changed after it was signed', async () => {
    const stick = join(temporaryFolder(), 'stick')
    await unpackedBundle(stick, { version: '1.8.0', keys })
    const bundle = { version: '1.10.0', system: `linux-${process.arch}`, commit: 'a', lacks: [] }
    writeFileSync(join(stick, 'program', 'bundle.json'), JSON.stringify(bundle))
    await expect(lookAt(stick, await present())).rejects.toMatchObject({
      code: 'update-file-wrong',
      params: { file: 'program/bundle.json' },
    })
  })

  it.each([
    ['1.8.9', undefined],
    ['1.9.0-rc.1', undefined],
    ['1.9.0', 'same'],
  ])('is refused where it is not newer: %s', async (version, which) => {
    const stick = temporaryFolder()
    await packedBundle(stick, { version, keys })
    const params = which === undefined ? { version, present: '1.9.0' } : { case: which, version }
    await expect(lookAt(stick, await present())).rejects.toMatchObject({ code: 'update-not-newer', params })
  })

  it('is refused where it is for another system, or lacks what this one has', async () => {
    const [other, partial] = [join(temporaryFolder(), 'a'), join(temporaryFolder(), 'b')]
    await unpackedBundle(other, { version: '1.10.0', keys, system: 'darwin-arm64' })
    await unpackedBundle(partial, { version: '1.10.0', keys, lacks: ['TensorFlow’s library'] })
    const installation = await present()
    await expect(lookAt(other, installation)).rejects.toMatchObject({ code: 'update-other-system' })
    await expect(lookAt(partial, installation)).rejects.toMatchObject({ code: 'update-incomplete' })
  })

  it('is refused where the archive ends too early, or is none', async () => {
    const stick = temporaryFolder()
    await packedBundle(stick, { version: '1.10.0', keys })
    const [name = ''] = readdirSync(stick)
    truncateSync(join(stick, name), 700)
    const installation = await present()
    await expect(lookAt(stick, installation)).rejects.toMatchObject({ code: 'update-unreadable' })
    writeFileSync(join(stick, name), 'no archive')
    await expect(lookAt(stick, installation)).rejects.toMatchObject({ code: 'update-unreadable' })
  })

  it('cannot be taken by a program that nobody signed, nor outside of a bundle', async () => {
    const stick = temporaryFolder()
    await packedBundle(stick, { version: '1.10.0', keys })
    const unsigned = await installed(join(temporaryFolder(), 'a'), { version: '1.0.0' })
    const refusal = { code: 'update-not-possible' }
    await expect(lookAt(stick, unsigned)).rejects.toMatchObject({ ...refusal, params: { case: 'unsigned' } })
    await expect(lookAt(stick, null)).rejects.toMatchObject(refusal)
  })

  it('is looked at without changing anything', async () => {
    const stick = temporaryFolder()
    await packedBundle(stick, { version: '1.10.0', keys })
    const installation = await present()
    mkdirSync(join(installation.home, 'kept'))
    const before = readdirSync(installation.home)
    await lookAt(stick, installation)
    expect(readdirSync(installation.home)).toEqual(before)
    rmSync(join(installation.home, 'kept'), { recursive: true })
  })
})
