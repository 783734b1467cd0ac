/** How long something took, as a person says it. */

/** Seconds split for a person: at most the two largest units, whole. Half a minute stays in seconds. */
export function splitDuration(seconds: number): { hours: number; minutes: number; seconds: number } {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return { hours: 0, minutes: 0, seconds: whole }
  if (whole < 3600) return { hours: 0, minutes: Math.floor(whole / 60), seconds: whole % 60 }
  const minutes = Math.round(whole / 60)
  return { hours: Math.floor(minutes / 60), minutes: minutes % 60, seconds: 0 }
}

/** As `3m 46s`. */
export function durationText(seconds: number, locale: string): string {
  const unit = (value: number, name: string) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'narrow' }).format(value)
  const parts = splitDuration(seconds)
  const text: string[] = []
  if (parts.hours > 0) text.push(unit(parts.hours, 'hour'))
  if (parts.minutes > 0) text.push(unit(parts.minutes, 'minute'))
  if (parts.seconds > 0 || text.length === 0) text.push(unit(parts.seconds, 'second'))
  return text.join(' ')
}
