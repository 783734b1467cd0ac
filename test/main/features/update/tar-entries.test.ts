import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { writeTar } from '../../../../scripts/bundle/archive.mjs'
import { tarEntries } from '../../../../src/main/features/update/tar-entries.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

async function listed(file: string): Promise<[path: string, content: string][]> {
  const found: [string, string][] = []
  for await (const entry of tarEntries(file)) {
    if (entry.kind === 'link') found.push([entry.path, `-> ${entry.target}`])
    else {
      const parts: Buffer[] = []
      for await (const part of entry.content()) parts.push(part)
      found.push([entry.path, Buffer.concat(parts).toString()])
    }
  }
  return found
}

const long = `${'深圳 '.repeat(40)}/${'b'.repeat(180)}`
const entries = [
  { path: 'a', content: 'x'.repeat(512) },
  { path: 'empty', content: '' },
  { path: `below/${long}`, content: 'far below' },
  { path: 'link', link: 'a' },
]

describe('an archive', () => {
  it('is read as it was written, long names, links and empty files too', async () => {
    const file = join(temporaryFolder(), 'a.tar.gz')
    await writeTar(entries, 'top', new Date(0), file, () => undefined)
    expect(new Map(await listed(file))).toEqual(
      new Map([
        ['top/a', 'x'.repeat(512)],
        ['top/empty', ''],
        [`top/below/${long}`, 'far below'],
        ['top/link', '-> a'],
      ]),
    )
  })

  it('goes on after an entry that nobody read', async () => {
    const file = join(temporaryFolder(), 'a.tar.gz')
    await writeTar(entries, 'top', new Date(0), file, () => undefined)
    const paths: string[] = []
    for await (const { path } of tarEntries(file)) paths.push(path)
    expect(paths).toHaveLength(4)
  })

  it.skipIf(process.platform !== 'linux')('of the tar of the system is read, too', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'top'))
    writeFileSync(join(folder, 'top', 'a'), 'A')
    symlinkSync('a', join(folder, 'top', 'b'))
    const packed = spawnSync('tar', ['--format=posix', '-czf', 'a.tar.gz', 'top'], { cwd: folder })
    expect(packed.status).toBe(0)
    expect(new Map(await listed(join(folder, 'a.tar.gz')))).toEqual(
      new Map([
        ['top/a', 'A'],
        ['top/b', '-> a'],
      ]),
    )
  })

  it.each([
    ['ends in a file', (bytes: Buffer) => bytes.subarray(0, 700)],
    ['ends in a header', (bytes: Buffer) => bytes.subarray(0, 300)],
    [
      'has a header with another sum',
      (bytes: Buffer) => Buffer.concat([Buffer.from('z'), bytes.subarray(1)]),
    ],
  ])('that %s is refused', async (_what, change) => {
    const file = join(temporaryFolder(), 'a.tar.gz')
    await writeTar(entries, 'top', new Date(0), file, () => undefined)
    writeFileSync(file, gzipSync(change(gunzipSync(readFileSync(file)))))
    await expect(listed(file)).rejects.toThrow('archive')
  })
})
