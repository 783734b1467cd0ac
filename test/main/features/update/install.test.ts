import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Entry } from '../../../../scripts/bundle/archive.mjs'
import { faultsOf } from '../../../../scripts/bundle/signature.mjs'
import { install } from '../../../../src/main/features/update/install.ts'
import { lookAt } from '../../../../src/main/features/update/offer.ts'
import type { Installation } from '../../../../src/main/platform/installation.ts'
import { sharedFolder, temporaryFolder } from '../../store/temporary-folder.ts'
import { installed, newKeys, packedBundle, unpackedBundle } from './small-bundle.ts'

const quiet = { signal: new AbortController().signal, onProgress: () => undefined }

describe.skipIf(process.platform === 'win32')('installing a version', () => {
  const keys = newKeys(sharedFolder())
  const present = async (): Promise<Installation> => {
    const installation = await installed(join(temporaryFolder(), '厂区 3'), { version: '1.0.0', keys })
    mkdirSync(installation.versions)
    return installation
  }
  const versionsIn = ({ versions }: Installation): string[] => readdirSync(versions)

  it.each([
    ['an archive', packedBundle],
    ['a folder', unpackedBundle],
  ] as const)('puts what %s has beside the present one, whole and startable', async (_form, make) => {
    const installation = await present()
    const stick = join(temporaryFolder(), 'stick')
    await make(stick, { version: '1.1.0', keys })
    const shown: number[] = []
    const checked = await lookAt(stick, installation)
    await install(installation, checked, { ...quiet, onProgress: ({ done }) => shown.push(done) })
    expect(versionsIn(installation)).toEqual(['1.1.0'])
    expect(await faultsOf(join(installation.versions, '1.1.0'), null)).toEqual([])
    expect(shown.at(-1)).toBe(checked.offer.bytes)
    const started = spawnSync(join(installation.versions, '1.1.0', 'fanoscope'), ['--version'], {
      encoding: 'utf8',
    })
    expect([started.stdout, started.stderr]).toEqual(['1.1.0', ''])
    // The present one is as it was.
    expect(await faultsOf(installation.home, null)).toEqual([])
  })

  const changed: [string, (entries: Entry[]) => Entry[], string][] = [
    [
      'is another one',
      (entries) =>
        entries.map((entry) =>
          entry.path === 'program/out/main/cli.js' ? { path: entry.path, content: 'evil()' } : entry,
        ),
      'program/out/main/cli.js',
    ],
    [
      'came in addition',
      (entries) => [...entries, { path: 'program/more.js', content: 'evil()' }],
      'program/more.js',
    ],
    [
      'leads out of the folder',
      (entries) => [...entries, { path: '../../out', content: 'evil()' }],
      '../../out',
    ],
    [
      'is a link to somewhere else',
      (entries) =>
        entries.map((entry) =>
          entry.path === 'program/lib/library.so'
            ? { path: entry.path, link: '../../../../../etc/passwd' }
            : entry,
        ),
      'program/lib/library.so',
    ],
    [
      'is a link to another file of the bundle',
      (entries) =>
        entries.map((entry) =>
          entry.path === 'program/lib/library.so' ? { path: entry.path, link: '../package.json' } : entry,
        ),
      'program/lib/library.so',
    ],
  ]
  it.each(changed)(
    'refuses a bundle of which a file %s, and leaves nothing of it',
    async (_what, change, file) => {
      const installation = await present()
      const stick = temporaryFolder()
      await packedBundle(stick, { version: '1.1.0', keys }, change)
      const checked = await lookAt(stick, installation)
      await expect(install(installation, checked, quiet)).rejects.toMatchObject({
        code: 'update-file-wrong',
        params: { file },
      })
      expect(versionsIn(installation)).toEqual([])
      expect(existsSync(join(installation.home, 'out'))).toBe(false)
    },
  )

  it.each(['program/node', 'program/lib/library.so'])(
    'refuses a stick that lost a file: %s',
    async (file) => {
      const installation = await present()
      const stick = join(temporaryFolder(), 'stick')
      await unpackedBundle(stick, { version: '1.1.0', keys })
      rmSync(join(stick, file))
      await expect(install(installation, await lookAt(stick, installation), quiet)).rejects.toMatchObject({
        code: 'update-file-wrong',
        params: { case: 'missing', file },
      })
      expect(versionsIn(installation)).toEqual([])
    },
  )

  it('takes a copy in the place of a link, which a stick with FAT cannot hold', async () => {
    const installation = await present()
    const stick = join(temporaryFolder(), 'stick')
    await unpackedBundle(stick, { version: '1.1.0', keys })
    rmSync(join(stick, 'program/lib/library.so'))
    writeFileSync(join(stick, 'program/lib/library.so'), 'a library')
    await install(installation, await lookAt(stick, installation), quiet)
    expect(versionsIn(installation)).toEqual(['1.1.0'])
  })

  it('stops when it is asked to, and leaves nothing', async () => {
    const installation = await present()
    const stick = temporaryFolder()
    await packedBundle(stick, { version: '1.1.0', keys })
    const abort = new AbortController()
    const stopped = install(installation, await lookAt(stick, installation), {
      signal: abort.signal,
      onProgress: () => abort.abort(),
    })
    await expect(stopped).rejects.toThrow()
    expect(versionsIn(installation)).toEqual([])
  })

  it('begins by removing what an update that was killed has left, and versions that nobody needs', async () => {
    const installation = await present()
    for (const name of ['.installing-1.1.0', '0.8.0', 'notes']) mkdirSync(join(installation.versions, name))
    const stick = temporaryFolder()
    await packedBundle(stick, { version: '1.1.0', keys })
    await install(installation, await lookAt(stick, installation), quiet)
    expect(versionsIn(installation).sort()).toEqual(['1.1.0', 'notes'])
  })

  it.skipIf(process.getuid?.() === 0)('says that the program’s folder is closed', async () => {
    const installation = await present()
    const stick = temporaryFolder()
    await packedBundle(stick, { version: '1.1.0', keys })
    chmodSync(installation.versions, 0o555)
    try {
      await expect(install(installation, await lookAt(stick, installation), quiet)).rejects.toMatchObject({
        code: 'update-folder-closed',
      })
    } finally {
      chmodSync(installation.versions, 0o755)
    }
  })

  /** A small disk takes a name space of one's own, which only Linux has and not every system allows. */
  const mayNotMount =
    spawnSync('unshare', ['-Urm', 'sh', '-c', `mount -t tmpfs -o size=64k none "${tmpdir()}"`]).status !== 0

  it.skipIf(mayNotMount)(
    'on a disk that is too small says how much it needs, or that it is full',
    async () => {
      const installation = await present()
      const stick = temporaryFolder()
      const large = { path: 'program/large', content: Buffer.alloc(3_000_000, 'x') }
      await packedBundle(stick, { version: '1.1.0', keys, more: [large] })
      const driver = join(import.meta.dirname, 'installing-process.ts')
      const onDisk = (size: string, room: 'told' | 'untold') => {
        const script = `mount -t tmpfs -o size=${size} none "$0" && "$@"; ls -A "$0"`
        const { versions, program } = installation
        const command = [process.execPath, driver, program, stick, room]
        const done = spawnSync('unshare', ['-Urm', 'sh', '-c', script, versions, ...command], {
          encoding: 'utf8',
        })
        expect(done.stderr).toBe('')
        return done.stdout.trim().split('\n')
      }
      expect(onDisk('100m', 'told')).toEqual(['update-no-room'])
      // Not every file system says how much is left: with a quota, for instance.
      expect(onDisk('2m', 'untold')).toEqual(['disk-full'])
      expect(await faultsOf(installation.home, null)).toEqual([])
    },
  )
})
