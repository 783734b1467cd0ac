/** How a report tells times and numbers in its language. */
import {
  type Counted,
  countedText,
  limitText,
  percentText,
  rangeText,
  shareIntervalText,
} from '../../../shared/counted.ts'
import type { ReportShare } from './content.ts'
import { short } from './ticks.ts'
import { type ReportLanguage, type Say, sayIn } from './words.ts'

export interface Telling {
  language: ReportLanguage
  say: Say
  time(at: number): string
  /** "5 of 60". */
  counted(share: Counted): string
  percent(share: Counted): string
  /** "3.6% to 18.1%". */
  shareInterval(share: ReportShare): string
  /** A limit that a person set, as a percentage with the digits that it has. */
  limit(share: number): string
  /** A figure from 0 to 1 that is no share, such as an AUROC. */
  figure(value: number | null | undefined): string
  figureInterval(of: { low: number; high: number } | null): string
  /** A score or a threshold. */
  score(value: number): string
  scoreInterval(of: { low: number; high: number } | null): string
}

export function tellingIn(language: ReportLanguage): Telling {
  const time = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
  const range = (low: string, high: string): string => rangeText(low, high, language)
  return {
    language,
    say: sayIn(language),
    time: (at) => `${time.format(at)} UTC`,
    counted: (share) => countedText(share, language),
    percent: (share) => percentText(share, language),
    shareInterval: (share) => shareIntervalText(share, language),
    limit: (share) => limitText(share, language),
    figure: (value) => value?.toFixed(3) ?? '–',
    figureInterval: (of) => (of === null ? '–' : range(of.low.toFixed(3), of.high.toFixed(3))),
    score: short,
    scoreInterval: (of) => (of === null ? '–' : range(short(of.low), short(of.high))),
  }
}
