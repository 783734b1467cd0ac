/** Numbers, times and sizes in the user's locale. */
import { type ComputedRef, computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { type Counted, countedText, limitText, shareText, shareTexts } from '../../shared/counted.ts'
import { durationText } from '../../shared/duration.ts'

export interface Formats {
  /** A whole number with separators. */
  count(value: number): string
  /** A measured number with this many significant digits. */
  significant(value: number, digits?: number): string
  fixed(value: number, digits: number): string
  /** A difference: with its sign, also where it is positive. */
  signed(value: number, digits?: number): string
  /** Short enough for the labels of an axis. */
  compact(value: number): string
  /** `value` is a share, 0 to 1. */
  percent(value: number, digits?: number): string
  /** A limit that a person set, as a percentage with the digits that it has. */
  limit(share: number): string
  /** "7 of 7". */
  counted(share: Counted): string
  /** A share of counted parts: a few as they were counted, many in percent. */
  share(share: Counted): string
  /** The same as what stands first and what stands beside it. */
  shareParts(share: Counted): { main: string; beside: string }
  bytes(value: number): string
  duration(seconds: number): string
  dateTime(time: number): string
  /** With seconds, where lines follow each other closely. */
  dateTimeExact(time: number): string
  time(time: number): string
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

export function createFormats(locale: string): Formats {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'medium' })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  const fixed = (value: number, digits: number) =>
    new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
      value,
    )
  return {
    count: (value) => whole.format(value),
    significant: (value, digits = 3) => {
      if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)) {
        return new Intl.NumberFormat(locale, {
          notation: 'scientific',
          maximumFractionDigits: digits - 1,
        }).format(value)
      }
      return new Intl.NumberFormat(locale, {
        minimumSignificantDigits: digits,
        maximumSignificantDigits: digits,
      }).format(value)
    },
    fixed,
    signed: (value, digits = 3) => `${value < 0 ? '−' : '+'}${fixed(Math.abs(value), digits)}`,
    compact: (value) =>
      new Intl.NumberFormat(locale, {
        notation: Math.abs(value) >= 10_000 ? 'compact' : 'standard',
        maximumSignificantDigits: 4,
      }).format(value),
    percent: (value, digits = 0) =>
      new Intl.NumberFormat(locale, {
        style: 'percent',
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(value),
    limit: (share) => limitText(share, locale),
    counted: (share) => countedText(share, locale),
    share: (share) => shareText(share, locale),
    shareParts: (share) => shareTexts(share, locale),
    bytes: (value) => {
      const power = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3))
      return new Intl.NumberFormat(locale, {
        style: 'unit',
        unit: units[power] ?? 'byte',
        unitDisplay: 'short',
        maximumFractionDigits: power > 2 ? 1 : 0,
      }).format(value / 1000 ** power)
    },
    duration: (seconds) => durationText(seconds, locale),
    dateTime: (value) => dateTime.format(value),
    dateTimeExact: (value) => exact.format(value),
    time: (value) => time.format(value),
  }
}

export function useFormats(): ComputedRef<Formats> {
  const { locale } = useI18n()
  return computed(() => createFormats(locale.value))
}
