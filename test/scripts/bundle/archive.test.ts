import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { writeTar, writeZip } from '../../../scripts/bundle/archive.mjs'
import { extractZip, listZip } from '../../../scripts/setup/zip.mjs'
import { temporaryFolder } from '../../main/store/temporary-folder.ts'

const time = new Date('2026-11-30T08:00:00Z')

function entries(folder: string) {
  const source = join(folder, 'program')
  writeFileSync(source, Buffer.alloc(3_000_000, 'x'))
  return [
    { path: 'start', content: '#!/bin/sh\n', executable: true },
    { path: '指南/说明 1.txt', content: '良品' },
    { path: 'lib/program', source },
  ]
}

describe('the archive', () => {
  it('is the same bytes in whichever order the files are named, and whenever they were written', async () => {
    const folder = temporaryFolder()
    const first = join(folder, 'a.tar.gz')
    const second = join(folder, 'b.tar.gz')
    await writeTar(entries(folder), 'top', time, first, () => undefined)
    await writeTar(entries(folder).reverse(), 'top', time, second, () => undefined)
    expect(readFileSync(first).equals(readFileSync(second))).toBe(true)
  })

  it('of zip is, too, in every time zone', async () => {
    const folder = temporaryFolder()
    const zone = process.env.TZ
    const files = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const file = join(folder, `${name}.zip`)
        await writeZip(name === 'a' ? entries(folder) : entries(folder).reverse(), 'top', time, file)
        return readFileSync(file)
      }),
    )
    expect(files[0]?.equals(files[1] ?? Buffer.alloc(0))).toBe(true)
    expect(process.env.TZ).toBe(zone)
    const script = `
      import { writeZip } from ${JSON.stringify(new URL('../../../scripts/bundle/archive.mjs', import.meta.url).href)}
      await writeZip([{ path: 'a', content: 'a' }], 'top', new Date(${time.getTime()}), process.argv[1])`
    const zones = ['Asia/Shanghai', 'America/New_York', 'UTC'].map((TZ) => {
      const file = join(folder, `${TZ.replace('/', '-')}.zip`)
      const made = spawnSync(process.execPath, ['--input-type=module', '--eval', script, file], {
        env: { ...process.env, TZ },
        encoding: 'utf8',
      })
      expect(made.stderr).toBe('')
      return readFileSync(file).toString('hex')
    })
    expect(new Set(zones).size).toBe(1)
  })

  it('unpacks to what went in, programs as such', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.zip')
    await writeZip(entries(folder), 'top', time, file)
    expect((await listZip(file)).filter(({ executable }) => executable).map(({ name }) => name)).toEqual([
      'top/start',
    ])
    const to = join(folder, 'out')
    await extractZip(file, { to })
    expect(readFileSync(join(to, 'top', '指南', '说明 1.txt'), 'utf8')).toBe('良品')
    expect(statSync(join(to, 'top', 'lib', 'program')).size).toBe(3_000_000)
  })

  it.skipIf(process.platform === 'win32')('of tar unpacks by the tar of the system', async () => {
    const folder = temporaryFolder()
    const file = join(folder, 'a.tar.gz')
    await writeTar(
      [...entries(folder), { path: 'lib/link', link: 'program' }],
      'top',
      time,
      file,
      () => undefined,
    )
    const to = join(folder, 'out')
    mkdirSync(to)
    expect(spawnSync('tar', ['-xzf', file, '-C', to]).status).toBe(0)
    expect(readFileSync(join(to, 'top', '指南', '说明 1.txt'), 'utf8')).toBe('良品')
    expect(statSync(join(to, 'top', 'start')).mode & 0o111).toBe(0o111)
    expect(statSync(join(to, 'top', 'lib', 'link')).size).toBe(3_000_000)
    expect(statSync(join(to, 'top', 'start')).mtimeMs).toBe(time.getTime())
  })
})
