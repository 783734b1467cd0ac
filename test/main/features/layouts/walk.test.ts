import { symlinkSync } from 'node:fs'
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

  it('says that a folder cannot be read', async () => {
    await expect(walked(join(temporaryFolder(), 'none'))).rejects.toMatchObject({ code: 'folder-unreadable' })
  })
})
