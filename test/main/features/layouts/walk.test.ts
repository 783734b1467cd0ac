import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { walkFiles } from '../../../../src/main/features/layouts/walk.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'
import { writeFolder } from '../import/photographs.ts'

async function walked(folder: string): Promise<string[]> {
  const files: string[] = []
  for await (const file of walkFiles(folder)) files.push(file)
  return files
}

/** The files that are met, and what is left out with the code. */
async function met(folder: string, followLinks = false): Promise<{ files: string[]; left: string[] }> {
  const files: string[] = []
  const left: string[] = []
  const walk = walkFiles(folder, {
    followLinks,
    onLeftOut: ({ file, code }) => void left.push(`${file} ${code}`),
  })
  for await (const file of walk) files.push(file)
  return { files, left }
}

describe('walking a folder', () => {
  it('meets numbered files in their order, and an original before its copies', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      '10.png': '',
      '2.png': '',
      'part (1).png': '',
      'part.png': '',
      'a/x.png': '',
      'part - copy.png': '',
    })
    expect(await walked(folder)).toEqual([
      '2.png',
      '10.png',
      'part.png',
      'part (1).png',
      'part - copy.png',
      'a/x.png',
    ])
  })

  it('passes over what operating systems leave and over read-me files', async () => {
    const folder = await writeFolder(temporaryFolder(), {
      '.DS_Store': '',
      'Thumbs.db': '',
      'README.md': '',
      'license.txt': '',
      '.hidden/x.png': '',
      '__MACOSX/x.png': '',
      'notes.txt': '',
      'x.png': '',
    })
    expect(await walked(folder)).toEqual(['x.png', 'notes.txt'])
  })

  it.skipIf(process.platform === 'win32')('does not follow links, which may lead in a circle', async () => {
    const folder = await writeFolder(temporaryFolder(), { 'a/x.png': '' })
    symlinkSync(folder, join(folder, 'a', 'loop'))
    expect(await walked(folder)).toEqual(['a/x.png'])
  })

  it.skipIf(process.platform === 'win32')(
    'names links that are not followed, and may be a link itself',
    async () => {
      const folder = await writeFolder(temporaryFolder(), { 'a/x.png': '', 'store/y.png': '' })
      symlinkSync('../store/y.png', join(folder, 'a', 'y.png'))
      symlinkSync('nowhere', join(folder, 'a', 'broken.png'))
      expect(await met(folder)).toEqual({
        files: ['a/x.png', 'store/y.png'],
        left: ['a/broken.png link-not-followed', 'a/y.png link-not-followed'],
      })
      const root = join(temporaryFolder(), 'root')
      symlinkSync(folder, root)
      expect((await met(root)).files).toEqual(['a/x.png', 'store/y.png'])
    },
  )

  it.skipIf(process.platform === 'win32')(
    'follows links on request, reads no folder twice and ends in a loop',
    async () => {
      const store = await writeFolder(temporaryFolder(), { 'z.png': '' })
      const folder = await writeFolder(temporaryFolder(), { 'a/x.png': '' })
      symlinkSync('..', join(folder, 'a', 'loop'))
      symlinkSync('self', join(folder, 'self'))
      symlinkSync('nowhere', join(folder, 'broken.png'))
      symlinkSync(store, join(folder, 'out'))
      symlinkSync(store, join(folder, 'out again'))
      expect(await met(folder, true)).toEqual({
        files: ['a/x.png', 'out/z.png'],
        left: ['broken.png link-broken', 'self link-loop', 'a/loop link-loop', 'out again link-loop'],
      })
    },
  )

  it.skipIf(process.platform !== 'linux')('names what is called by bytes that are no text', async () => {
    const folder = await writeFolder(temporaryFolder(), { 'x.png': '' })
    writeFileSync(
      Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xc1, 0xd1]), Buffer.from('.png')]),
      '',
    )
    mkdirSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xb2, 0xbb])]))
    expect(await met(folder)).toEqual({
      files: ['x.png'],
      left: ['\\xB2\\xBB name-not-utf8', '\\xC1\\xD1.png name-not-utf8'],
    })
  })

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'names a subfolder that may not be read',
    async () => {
      const folder = await writeFolder(temporaryFolder(), { 'a/x.png': '', 'b/y.png': '' })
      chmodSync(join(folder, 'a'), 0)
      expect(await met(folder)).toEqual({ files: ['b/y.png'], left: ['a folder-unreadable'] })
      chmodSync(join(folder, 'a'), 0o700)
    },
  )

  it.skipIf(process.platform !== 'linux')('names a folder whose path is too long, and goes on', async () => {
    const folder = await writeFolder(temporaryFolder(), { 'z/x.png': '' })
    const name = 'd'.repeat(200)
    const cwd = process.cwd()
    try {
      // Only by going into each folder can a longer path be made than may be named.
      process.chdir(folder)
      for (let depth = 0; depth < 22; depth += 1) {
        mkdirSync(name)
        process.chdir(name)
      }
    } finally {
      process.chdir(cwd)
    }
    const { files, left } = await met(folder)
    expect(files).toEqual(['z/x.png'])
    expect(left).toEqual([expect.stringMatching(/^d+\/.* path-too-long$/)])
  })

  it('names a hidden file that is called like a photograph', async () => {
    const folder = await writeFolder(temporaryFolder(), { '.hidden.png': '', '._x.png': '', 'x.png': '' })
    expect(await met(folder)).toEqual({ files: ['x.png'], left: ['.hidden.png hidden-photograph'] })
  })

  it.each([
    ['unfinished', ['a.png.part', 'a.png.tmp', '~a.png', 'a.crdownload', '.~lock.a.ods#']],
    ['macos', ['.DS_Store', '._a.png', '__MACOSX/a.png', '.Trashes/a.png']],
    ['windows', ['Thumbs.db', 'desktop.ini', '$RECYCLE.BIN/a.png', 'System Volume Information/a.png']],
    ['synology', ['@eaDir/a.png', '#recycle/a.png', '#snapshot/a.png']],
    ['qnap', ['.@__thumb/a.png', '@Recycle/a.png']],
    ['linux', ['lost+found/a.png', '.Trash-1000/a.png', '.thumbnails/a.png']],
    ['android', ['LOST.DIR/a.png', '.nomedia']],
    ['versions', ['.git/a.png', '.dvc/a.png']],
    ['notebooks', ['.ipynb_checkpoints/a-checkpoint.png', '__pycache__/a.png']],
    ['cloud', ['.dropbox.cache/a.png', '.tmp.driveupload/a.png', '.stversions/a.png', '.a.png.icloud']],
    ['read-me', ['README.md', 'LICENSE', 'readme_en.txt']],
    ['hidden', ['.other/a.png', '.rc']],
  ] as const)('passes over junk of the kind %s', async (kind, names) => {
    const folder = await writeFolder(temporaryFolder(), Object.fromEntries(names.map((name) => [name, ''])))
    const kinds: string[] = []
    for await (const file of walkFiles(folder, { onJunk: (junk) => void kinds.push(junk) })) kinds.push(file)
    expect(kinds).toEqual(names.map(() => kind))
  })

  it('says that a folder cannot be read', async () => {
    await expect(walked(join(temporaryFolder(), 'none'))).rejects.toMatchObject({ code: 'folder-unreadable' })
  })
})
