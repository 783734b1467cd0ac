import { expect, it } from 'vitest'
import { z } from 'zod'
import { listAudit } from '../../../src/main/store/audit.ts'
import { changeSetting, readSetting } from '../../../src/main/store/settings.ts'
import { freshWorkspace } from './stocked-workspace.ts'

it('a setting that somebody answers for is recorded with what it was before, once', () => {
  const { db } = freshWorkspace()
  changeSetting(db, 'live.retention', { goodDays: 7 }, 'Li Na')
  changeSetting(db, 'live.retention', { goodDays: 7 }, 'Wang Wei')
  changeSetting(db, 'live.retention', { goodDays: null }, 'Wang Wei')
  expect(readSetting(db, 'live.retention', z.json(), null)).toEqual({ goodDays: null })
  expect(listAudit(db).map(({ action, operator, detail }) => [action, operator, detail])).toEqual([
    [
      'setting.changed',
      'Wang Wei',
      { key: 'live.retention', before: { goodDays: 7 }, value: { goodDays: null } },
    ],
    ['setting.changed', 'Li Na', { key: 'live.retention', before: null, value: { goodDays: 7 } }],
  ])
})
