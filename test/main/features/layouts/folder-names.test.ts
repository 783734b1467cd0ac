import { describe, expect, it } from 'vitest'
import { labelOfFolder, labelOfName } from '../../../../src/main/features/layouts/folder-names.ts'

describe('the label that a name states', () => {
  it.each([
    ...[
      'good',
      'OK',
      'Ok ',
      'ＯＫ',
      '01_OK',
      'OK1',
      'normal_dir',
      'i.O.',
      'IO',
      'Gutteile',
      'fehlerfrei',
      'bons',
      'Buenos',
    ],
    ...[
      'conforme',
      'dobré',
      'iyi',
      'годные',
      '良品',
      '良品フォルダ',
      '正常品',
      '合格图片',
      '양품',
      'good images',
      'Okay',
    ],
  ])('is good: %s', (name) => {
    expect(labelOfFolder(name)).toBe('normal')
  })

  it.each([
    ...[
      'bad',
      'NG',
      'ＮＧ',
      'NG品',
      'ko',
      'NOK',
      'n.i.O.',
      'Ausschuss',
      'défauts',
      'Defectuosos',
      'difettosi',
      'złe',
      'kusurlu',
    ],
    ...[
      'брак',
      '不良',
      '不良品',
      '不良品フォルダ',
      '缺陷',
      '異常',
      '불량품',
      'abnormal_dir',
      'Defekt 3',
      'defect images',
    ],
  ])('is bad: %s', (name) => {
    expect(labelOfFolder(name)).toBe('anomalous')
  })

  it.each([
    ...[
      'not_ok',
      'notok',
      'not good',
      'no_defect',
      'non-defective',
      'defect-free',
      'defektfrei',
      'ohne Fehler',
      'sans défaut',
    ],
    ...[
      'sin defectos',
      'без брака',
      '无缺陷',
      '無異常',
      '非良品',
      '不OK',
      'ng_none',
      'almost good',
      'good-bad',
      'good_line4',
    ],
  ])('is none that is certain: %s', (name) => {
    expect(labelOfName(name)).toBe('unclear')
    expect(labelOfFolder(name)).toBe(null)
  })

  it.each(['crack', 'Missing Screw', 'okra', 'pokers', 'wireless', 'anodized', 'hole', 'monday', '划痕'])(
    'is none: %s',
    (name) => {
      expect(labelOfName(name)).toBe(null)
    },
  )

  it.each(['logical_anomalies', 'faulty_imprint', 'defective_painting', '划痕不良'])(
    'is none of its own, but may name a type of defects: %s',
    (name) => {
      expect(labelOfName(name)).toBe('defects')
    },
  )
})
