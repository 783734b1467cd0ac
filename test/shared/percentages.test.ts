import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { calibratedRank } from '../../src/shared/calibrated-rank.ts'
import { limitText, shareIntervalText, shareTexts } from '../../src/shared/counted.ts'

/** A number that is written as a percentage: by a format, or with the sign behind digits. */
const percentage = /style: 'percent'|\.percent\(|(?:toFixed\([^)]*\)|fixed\([^)]*\))\}? ?%|100 \* [^`]*\} %`/

/** What is written so without being a share of counted parts. */
const noShareOfParts: Record<string, string> = {
  'src/main/features/choosing/choose-command.ts': 'a weight, with the count beside it',
  'src/main/features/datasets/region-of-interest-command.ts': 'a share of the pixels of a photograph',
  'src/renderer/i18n/format.ts': 'the format itself',
  'src/renderer/screens/datasets/RegionOfInterestThumbnail.vue': 'a share of the pixels of a photograph',
  'src/renderer/screens/review/HeatBar.vue': 'opacity',
  'src/renderer/screens/review/calibrated-text.ts':
    'a run that does not say on how many parts it was calibrated',
  'src/renderer/screens/thresholds/ChoiceDialog.vue': 'a weight, with the count beside it',
  'src/renderer/screens/thresholds/FiguresPanel.vue': 'an interval, whole percents where the parts are few',
  'src/renderer/ui/ZoomButtons.vue': 'a scale',
  'src/shared/counted.ts': 'the format itself',
  'src/shared/messages/words.ts': 'a rate that was asked for, or that a count of parts can show at best',
}

it('are written by the one function that tells a few parts by their counts', () => {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|vue)$/.test(file) && !file.startsWith(join('main', 'engine')))
    .map((file) => join('src', file))
  const written = files.filter((file) => percentage.test(readFileSync(file, 'utf8')))
  expect(written.sort()).toEqual(Object.keys(noShareOfParts).sort())
})

it.each([
  [7, 7, '7 of 7'],
  [49, 49, '49 of 49'],
])('%i of %i parts is no bare percentage', (part, whole, expected) => {
  expect(shareTexts({ part, whole }, 'en').main).toBe(expected)
})

it('has in its interval no digits that so few parts do not tell', () => {
  expect(shareIntervalText({ part: 7, whole: 7, low: 0.6457, high: 1 }, 'en')).toBe('65% to 100%')
  expect(shareIntervalText({ part: 700, whole: 700, low: 0.9946, high: 1 }, 'zh-CN')).toBe('99.5% 至 100.0%')
  expect(shareIntervalText({ part: 0, whole: 0, low: null, high: null }, 'en')).toBe('–')
})

it('of good parts below a score is what they were counted', () => {
  const run = { calibration: { scores: { izif: Array.from({ length: 36 }, (_, i) => i) } } }
  expect(calibratedRank(run, 100)).toEqual({ part: 36, whole: 36 })
  expect(calibratedRank(run, 50)).toEqual({ part: 18, whole: 36 })
  expect(calibratedRank({ calibration: null }, 50).whole).toBe(0)
})

it('that somebody set as a limit keeps its digits', () => {
  expect([0.02, 0.001, 0.05, 1 - 99.9 / 100].map((limit) => limitText(limit, 'en'))).toEqual([
    '2%',
    '0.1%',
    '5%',
    '0.1%',
  ])
})
