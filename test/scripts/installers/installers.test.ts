/** What electron-builder makes of our configuration, with a stand-in for Electron, which no registry carries. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createPackage, listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { Arch, build, Platform } from 'electron-builder'
import { describe, expect, it } from 'vitest'
import { fuses, installerConfig } from '../../../scripts/installers/config.mjs'
import { mostBytes, tooLarge } from '../../../scripts/installers/size-guard.mjs'
import { stage, stagedEntries } from '../../../scripts/installers/stage.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

/** Marks in Electron's program the place of its fuses, which follow: version, count, and a letter for each. */
const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

function writeAt(folder: string, path: string, content: string | Buffer): void {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, content)
}

/** The layout of Electron for Linux, with a program that has its fuses as they come, and does nothing. */
async function standIn(folder: string): Promise<string> {
  const electron = join(folder, 'electron')
  const wire = Buffer.concat([Buffer.from(sentinel), Buffer.from([1, 9]), Buffer.from('101100011')])
  writeAt(
    electron,
    'electron',
    Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(4096), wire, Buffer.alloc(4096)]),
  )
  chmodSync(join(electron, 'electron'), 0o755)
  writeAt(electron, 'version', '45.4.1')
  writeAt(electron, 'LICENSE', 'licence')
  writeAt(electron, 'locales/en-US.pak', '')
  writeAt(electron, 'locales/zh-CN.pak', '')
  writeAt(electron, 'locales/fr.pak', '')
  writeAt(electron, 'resources/empty/readme', '')
  await createPackage(join(electron, 'resources', 'empty'), join(electron, 'resources', 'default_app.asar'))
  return electron
}

const bundled = [
  { path: 'fanoscope', content: '#!/bin/sh', executable: true },
  { path: 'NOTICE', content: 'notice' },
  { path: 'LICENSES/a-1.0.0.txt', content: 'text' },
  { path: 'docs/guide/en/README.md', content: 'guide' },
  { path: 'program/node', content: 'node', executable: true },
  { path: 'program/package.json', content: '{}' },
  { path: 'program/bundle.json', content: '{}' },
  { path: 'program/out/main/index.js', content: 'export {}' },
  { path: 'program/node_modules/a/package.json', content: '{"name":"a","version":"1.0.0"}' },
  { path: 'program/node_modules/a/node_modules/b/package.json', content: '{"name":"b","version":"1.0.0"}' },
  { path: 'program/node_modules/better-sqlite3/prebuilds/linux-x64.node', content: 'binary' },
  { path: 'program/node_modules/@img/sharp-libvips-linux-x64/lib/libvips-cpp.so.8', content: 'library' },
  {
    path: 'program/node_modules/@tensorflow/tfjs-node-gpu/deps/lib/libtensorflow_cc.so.2',
    content: 'library',
  },
  { path: 'program/.cache/backbones/network.safetensors', content: 'weights' },
]
const manifest = {
  name: 'fanoscope',
  version: '1.0.0',
  description: 'inspection',
  author: 'somebody',
  type: 'module',
  main: 'out/main/index.js',
}

describe('the application that installers hold', () => {
  it('is the program of the bundle without its Node, and with the licences', () => {
    expect(stagedEntries(bundled).map(({ path }) => path)).toEqual([
      'out/main/index.js',
      'node_modules/a/package.json',
      'node_modules/a/node_modules/b/package.json',
      'node_modules/better-sqlite3/prebuilds/linux-x64.node',
      'node_modules/@img/sharp-libvips-linux-x64/lib/libvips-cpp.so.8',
      'node_modules/@tensorflow/tfjs-node-gpu/deps/lib/libtensorflow_cc.so.2',
      '.cache/backbones/network.safetensors',
      'NOTICE',
      'LICENSES/a-1.0.0.txt',
    ])
  })

  // Windows keeps no mark of programs, which the stand-in needs.
  it.skipIf(process.platform === 'win32')(
    'is packed without a network: code in the archive, libraries beside it, fuses set',
    async () => {
      const folder = temporaryFolder()
      const app = join(folder, 'app')
      const output = join(folder, 'installers')
      stage(bundled, app, manifest)
      const electronDist = await standIn(folder)
      // Every request for something to fetch would end here.
      const before = process.env.ELECTRON_MIRROR
      process.env.ELECTRON_MIRROR = 'http://127.0.0.1:9/'
      try {
        await build({
          projectDir: folder,
          targets: Platform.LINUX.createTarget('dir', Arch.x64),
          config: {
            ...installerConfig({ app, output, electronDist, electronVersion: '45.4.1' }),
            directories: { app, output },
          },
        })
      } finally {
        if (before === undefined) delete process.env.ELECTRON_MIRROR
        else process.env.ELECTRON_MIRROR = before
      }
      const unpacked = join(output, 'linux-unpacked')
      const files = listPackage(join(unpacked, 'resources', 'app.asar'), { isPack: true }).map((line) =>
        line.replaceAll('\\', '/'),
      )
      const outside = files
        .filter((line) => line.startsWith('unpack'))
        .map((line) => line.replace(/^unpack : \//, ''))
      expect(outside.sort()).toEqual([
        '.cache/backbones/network.safetensors',
        'node_modules/@img/sharp-libvips-linux-x64/lib/libvips-cpp.so.8',
        'node_modules/@tensorflow/tfjs-node-gpu/deps/lib/libtensorflow_cc.so.2',
        'node_modules/better-sqlite3/prebuilds/linux-x64.node',
      ])
      for (const path of [
        '/out/main/index.js',
        '/package.json',
        '/NOTICE',
        '/node_modules/a/node_modules/b/package.json',
      ])
        expect(files).toContain(`pack   : ${path}`)
      const wire = await getCurrentFuseWire(join(unpacked, 'fanoscope'))
      const isOn = (fuse: FuseV1Options): boolean => wire[fuse] === FuseState.ENABLE
      expect({
        runAsNode: isOn(FuseV1Options.RunAsNode),
        enableCookieEncryption: isOn(FuseV1Options.EnableCookieEncryption),
        enableNodeOptionsEnvironmentVariable: isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable),
        enableNodeCliInspectArguments: isOn(FuseV1Options.EnableNodeCliInspectArguments),
        enableEmbeddedAsarIntegrityValidation: isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation),
        onlyLoadAppFromAsar: isOn(FuseV1Options.OnlyLoadAppFromAsar),
        loadBrowserProcessSpecificV8Snapshot: isOn(FuseV1Options.LoadBrowserProcessSpecificV8Snapshot),
        grantFileProtocolExtraPrivileges: isOn(FuseV1Options.GrantFileProtocolExtraPrivileges),
      }).toEqual(fuses)
    },
  )

  it('leaves what people made when it is removed, and asks for no address of updates', () => {
    const config = installerConfig({ app: 'a', output: 'b', electronDist: null, electronVersion: '1.0.0' })
    expect(config.nsis?.deleteAppDataOnUninstall).toBe(false)
    expect(config.publish).toBeNull()
    expect(config.electronDist).toBeUndefined()
  })
})

describe('the size of an artifact', () => {
  it('is said where it is more than may be kept', () => {
    expect(tooLarge([{ file: 'a.exe', bytes: mostBytes }])).toEqual([])
    expect(
      tooLarge([
        { file: 'a.exe', bytes: 1 },
        { file: 'b.exe', bytes: 2.5e9 },
      ]),
    ).toEqual(['b.exe has 2.50 GB, more than 1.8 GB.'])
  })
})
