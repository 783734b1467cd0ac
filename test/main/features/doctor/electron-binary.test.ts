import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { electronBinary } from '../../../../src/main/features/doctor/electron-binary.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

/** An installation with these files. */
function installation(files: Record<string, string>): string {
  const root = temporaryFolder()
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(root, file, '..'), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return root
}

describe('the Electron binary', () => {
  it('is there with its version once it is fetched', () => {
    const root = installation({
      'node_modules/electron/path.txt': 'electron',
      'node_modules/electron/dist/electron': '',
      'node_modules/electron/dist/version': 'v45.4.1\n',
    })
    expect(electronBinary(root)).toEqual({ present: true, version: '45.4.1', reason: null })
  })

  it('is not there, with the reason that set-up had', () => {
    const root = installation({
      '.cache/electron-refused.json': '{"reason": "github.com cannot be reached."}',
    })
    expect(electronBinary(root)).toEqual({
      present: false,
      version: null,
      reason: 'github.com cannot be reached.',
    })
  })

  it('is not there where only its package is, or half of it', () => {
    const half = installation({
      'node_modules/electron/path.txt': 'electron',
      '.cache/electron-refused.json': '{',
    })
    for (const root of [temporaryFolder(), half]) {
      expect(electronBinary(root)).toEqual({ present: false, version: null, reason: null })
    }
  })
})
