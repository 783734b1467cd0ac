import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createDrops, mostBytes, mostFiles } from '../../../../src/main/features/folders/drops.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const content = (text: string): Readable => Readable.from([Buffer.from(text)])
const announced = { name: 'line 1', files: 2, bytes: 10 }

describe('a dropped folder', () => {
  it('lies file by file where it is said to, under its own name', async () => {
    const drops = createDrops()
    const { id, folder } = await drops.begin(join(temporaryFolder(), 'dropped'), announced)
    await drops.write(id, 'good/一.png', content('abc'))
    await drops.write(id, 'loose.png', content('defg'))
    expect(folder.endsWith('line 1')).toBe(true)
    expect(readFileSync(join(folder, 'good', '一.png'), 'utf8')).toBe('abc')
    expect(readFileSync(join(folder, 'loose.png'), 'utf8')).toBe('defg')
  })

  it.each([
    '../a.png',
    '/a.png',
    'a//b.png',
    'a/../../b.png',
    '..',
    'a\\b.png',
    'c:a.png',
    'a\u0000.png',
    '',
  ])('takes no file that could lie elsewhere: %j', async (path) => {
    const drops = createDrops()
    const place = temporaryFolder()
    const { id, folder } = await drops.begin(place, announced)
    await expect(drops.write(id, path, content('x'))).rejects.toMatchObject({ code: 'drop-name-invalid' })
    expect(readdirSync(folder)).toEqual([])
  })

  it('is no more than was announced, in files and in bytes', async () => {
    const drops = createDrops()
    const place = temporaryFolder()
    const { id } = await drops.begin(place, announced)
    await drops.write(id, 'a.png', content('12345'))
    await expect(drops.write(id, 'b.png', content('123456'))).rejects.toMatchObject({
      code: 'drop-too-large',
    })
    await expect(drops.write(id, 'c.png', content(''))).rejects.toMatchObject({ code: 'drop-too-large' })
    for (const large of [{ files: mostFiles + 1 }, { bytes: mostBytes + 1 }]) {
      await expect(drops.begin(place, { ...announced, ...large })).rejects.toMatchObject({
        code: 'drop-too-large',
      })
    }
  })

  it('is gone when it was imported, given up, or forgotten by a process that died', async () => {
    const drops = createDrops()
    const place = temporaryFolder()
    const one = await drops.begin(place, announced)
    const two = await drops.begin(place, announced)
    await drops.write(one.id, 'a.png', content('x'))
    await drops.end(one.id)
    await drops.endFolder(two.folder)
    expect([existsSync(one.folder), existsSync(two.folder)]).toEqual([false, false])
    await expect(drops.write(one.id, 'b.png', content('x'))).rejects.toMatchObject({ code: 'drop-unknown' })
    const forgotten = await drops.begin(place, announced)
    const next = await createDrops().begin(place, announced)
    expect([existsSync(forgotten.folder), existsSync(next.folder)]).toEqual([false, true])
  })
})
