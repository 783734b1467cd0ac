/**
 * A share of counted parts, as a person reads it. A few parts are told as they were counted, "7 of 7", because
 * "100.0 %" of seven says more than was seen; from `enough` on it is a percentage.
 */

export interface Counted {
  part: number
  whole: number
}

/** With fewer parts a share is told by its counts. */
export const enough = 50

export const isFew = ({ whole }: Counted): boolean => whole > 0 && whole < enough

/** "7 of 7"; a dash where there is nothing to count. */
export function countedText({ part, whole }: Counted, locale: string): string {
  if (whole === 0) return '–'
  const { format } = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  return locale.startsWith('zh')
    ? `${format(part)} / ${format(whole)}`
    : `${format(part)} of ${format(whole)}`
}

/** A number from 0 to 1 in percent, as exactly as so many parts tell it: whole ones of a few, tenths of many. */
function percentOf(value: number, counted: Counted, locale: string): string {
  const digits = isFew(counted) ? 0 : 1
  return new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value)
}

/** The share as a percentage: whole ones of a few parts, tenths of many; a dash where there is nothing to count. */
export const percentText = (share: Counted, locale: string): string =>
  share.whole === 0 ? '–' : percentOf(share.part / share.whole, share, locale)

/** A limit that a person set, with the digits that it has: "2%", "0.1%". */
export const limitText = (share: number, locale: string): string =>
  new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 3 }).format(share)

/** From one end of a range to the other, in words: a dash would be read as a minus. */
export const rangeText = (low: string, high: string, locale: string): string =>
  locale.startsWith('zh') ? `${low} 至 ${high}` : `${low} to ${high}`

/** The interval of a share, "1% to 35%", as exactly as the share itself; a dash where there is none. */
export function shareIntervalText(
  share: Counted & { low: number | null; high: number | null },
  locale: string,
): string {
  const { low, high } = share
  if (low === null || high === null) return '–'
  return rangeText(percentOf(low, share, locale), percentOf(high, share, locale), locale)
}

/** What stands first and what stands beside it: "7 of 7" and "100%", or "98.4%" and "123 of 125". */
export function shareTexts(share: Counted, locale: string): { main: string; beside: string } {
  if (share.whole === 0) return { main: '–', beside: '' }
  const [counted, percent] = [countedText(share, locale), percentText(share, locale)]
  return isFew(share) ? { main: counted, beside: percent } : { main: percent, beside: counted }
}

/** The same in one text: "7 of 7 (100%)" or "98.4% (123 of 125)". */
export function shareText(share: Counted, locale: string): string {
  const { main, beside } = shareTexts(share, locale)
  if (beside === '') return main
  return locale.startsWith('zh') ? `${main}（${beside}）` : `${main} (${beside})`
}
