import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readLog } from '../../../../src/main/features/doctor/read-log.ts'
import { openLog } from '../../../../src/main/platform/log.ts'
import { logQuerySchema } from '../../../../src/shared/log.ts'
import { temporaryFolder } from '../../store/temporary-folder.ts'

const asked = (query: object = {}) => logQuerySchema.parse(query)

function written(): string {
  const folder = temporaryFolder()
  const log = openLog(folder)
  log.info('Job 1 began.', { job: '1' })
  log.warn('The disk is nearly full.')
  log.error('Job 1 failed: no such file', { code: 'file-missing' })
  log.info('2026 cpu_feature_guard', { from: 'engine' })
  log.debug('The graph score-1.graph was compiled before.')
  log.close()
  return folder
}

describe('the log', () => {
  it('is read newest first, with what was noted beside each line and who said it', async () => {
    const { total, entries } = await readLog(written(), asked())
    expect(total).toBe(4)
    expect(entries.map(({ level, from, message, detail }) => [level, from, message, detail])).toEqual([
      ['info', 'engine', '2026 cpu_feature_guard', null],
      ['error', 'main', 'Job 1 failed: no such file', '{"code":"file-missing"}'],
      ['warn', 'main', 'The disk is nearly full.', null],
      ['info', 'main', 'Job 1 began.', '{"job":"1"}'],
    ])
  })

  it('keeps in its file what is for who looks there', () => {
    expect(readFileSync(join(written(), 'fanoscope.log'), 'utf8')).toContain('score-1.graph')
  })

  it.each([
    [{ text: 'JOB 1' }, 2],
    [{ text: 'file-missing' }, 1],
    [{ level: 'warn' }, 2],
    [{ level: 'error' }, 1],
    [{ to: 1 }, 0],
    [{ from: 1 }, 4],
  ])('is searched by %j', async (query, count) => {
    expect((await readLog(written(), asked(query))).total).toBe(count)
  })

  it('gives the newest lines where there are more than asked for, and says how many there are', async () => {
    const { total, entries } = await readLog(written(), asked({ limit: 1 }))
    expect([total, entries.map(({ from }) => from)]).toEqual([4, ['engine']])
  })

  it('passes over a line that was cut off, and is empty where nothing was written', async () => {
    const folder = written()
    appendFileSync(join(folder, 'fanoscope.log'), '{"level":30,"ti')
    expect((await readLog(folder, asked())).total).toBe(4)
    expect(await readLog(temporaryFolder(), asked())).toEqual({ total: 0, entries: [] })
  })
})
