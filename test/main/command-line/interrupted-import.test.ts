import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../store/temporary-folder.ts'
import { documents } from './documents.ts'
import { cannotInterrupt, fanoscope, interruptAt } from './fanoscope.ts'

const tiles = resolve('../shared/data/magnetic-tile')

describe.skipIf(cannotInterrupt || !existsSync(tiles))('an import of real photographs', () => {
  it('stops at Ctrl-C, keeps what it has, and goes on when it is repeated', async () => {
    const workspace = join(temporaryFolder(), 'workspace')
    const parameters = ['import', tiles, '--dataset', 'tiles', '--workspace', workspace, '--json']
    const stopped = await fanoscope(parameters, interruptAt('(10 %)'))
    expect(stopped.code).toBe(130)
    expect(documents.error.parse(stopped.document()).error.code).toBe('stopped')
    const { code, document } = await fanoscope(parameters)
    expect(code).toBe(0)
    const report = documents.import.extend({ already: documents.score.shape.already }).parse(document())
    expect(report.already).toBeGreaterThan(0)
    expect(report.imported + report.already).toBe(814)
    expect(report.splits).toEqual({ train: 408, validation: 72, test: 334, live: 0 })
  })
})
