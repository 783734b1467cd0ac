import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { renamePatiently, renamePatientlyNow } from '../../../src/main/platform/patient-rename.ts'
import { temporaryFolder } from '../store/temporary-folder.ts'

const failing = (code: string): Error => Object.assign(new Error(code), { code })

/** A rename that somebody holds up so often, and what was waited meanwhile. */
function held(times: number, code: string, platform: NodeJS.Platform) {
  const tries: string[] = []
  const waited: number[] = []
  const rename = (from: string, to: string): void => {
    tries.push(`${from} ${to}`)
    if (tries.length <= times) throw failing(code)
  }
  const wait = (milliseconds: number): void => {
    waited.push(milliseconds)
  }
  return {
    tries,
    waited,
    now: () => renamePatientlyNow('a', 'b', { rename, wait, platform }),
    later: () =>
      renamePatiently('a', 'b', {
        rename: async (from, to) => rename(from, to),
        wait: async (milliseconds) => wait(milliseconds),
        platform,
      }),
  }
}

describe('a rename while another program holds the file', () => {
  it.each(['EPERM', 'EACCES', 'EBUSY'])('is tried again on Windows: %s', async (code) => {
    const [now, later] = [held(3, code, 'win32'), held(3, code, 'win32')]
    now.now()
    await later.later()
    for (const { tries, waited } of [now, later]) {
      expect(tries).toEqual(['a b', 'a b', 'a b', 'a b'])
      expect(waited).toEqual([10, 20, 50])
    }
  })

  it('ends with its error where nobody lets go', async () => {
    const [now, later] = [held(99, 'EPERM', 'win32'), held(99, 'EPERM', 'win32')]
    expect(now.now).toThrow('EPERM')
    await expect(later.later()).rejects.toThrow('EPERM')
    for (const { tries, waited } of [now, later]) {
      expect(tries).toHaveLength(8)
      expect(waited.reduce((sum, one) => sum + one)).toBe(1_580)
    }
  })

  it.each([
    ['EPERM', 'linux'],
    ['EACCES', 'darwin'],
    ['ENOSPC', 'win32'],
    ['ENOENT', 'win32'],
  ] as const)('is not tried again where that changes nothing: %s on %s', async (code, platform) => {
    const [now, later] = [held(1, code, platform), held(1, code, platform)]
    expect(now.now).toThrow(code)
    await expect(later.later()).rejects.toThrow(code)
    expect([now.tries.length, later.tries.length]).toEqual([1, 1])
  })

  it('is the rename of the system', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'a'), 'A')
    mkdirSync(join(folder, 'line 一'))
    renamePatientlyNow(join(folder, 'a'), join(folder, 'b'))
    await renamePatiently(join(folder, 'line 一'), join(folder, 'line 二'))
    expect(readdirSync(folder).sort()).toEqual(['b', 'line 二'])
    await expect(renamePatiently(join(folder, 'absent'), join(folder, 'c'))).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })

  it('is the only one that main knows', () => {
    const main = join(import.meta.dirname, '..', '..', '..', 'src', 'main')
    const files = readdirSync(main, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    )
    const own = files.filter((name) => {
      const imports = readFileSync(join(main, name), 'utf8').matchAll(
        /import \{([^}]*)\} from 'node:fs(?:\/promises)?'/g,
      )
      return [...imports].some(([, names = '']) => /\brename(?:Sync)?\b/.test(names))
    })
    expect(files.length).toBeGreaterThan(300)
    expect(own).toEqual([join('platform', 'patient-rename.ts')])
  })
})
