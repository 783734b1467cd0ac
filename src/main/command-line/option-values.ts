/** Parses the values of options. A wrong value is refused with a reason, which commander reports as wrong use. */
import { InvalidArgumentError, Option } from 'commander'

/** A whole number in a range. */
export const wholeNumber =
  (minimum: number, maximum: number = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value
    const range =
      maximum === Number.MAX_SAFE_INTEGER ? `of ${minimum} or more` : `from ${minimum} to ${maximum}`
    throw new InvalidArgumentError(`It must be a whole number ${range}.`)
  }

/** Whole numbers of 1 or more, separated by commas. */
export function wholeNumbers(text: string): number[] {
  const read = wholeNumber(1)
  return text.split(',').map((part) => read(part.trim()))
}

/** Collects the values of an option that may be given several times. */
export const several = (text: string, before: string[] = []): string[] => [...before, text]

/** Parses numbers from 0 to 1, separated by commas: exactly `count` of them, or x and y of the corners of a polygon. */
function shares(text: string, count: number | 'corners'): number[] {
  const values = text
    .trim()
    .split(/[\s,]+/)
    .map(share)
  const fits = count === 'corners' ? values.length >= 6 && values.length % 2 === 0 : values.length === count
  if (fits) return values
  throw new InvalidArgumentError(
    count === 'corners' ? 'It must be at least three corners x,y.' : `It must be ${count} numbers.`,
  )
}

/** Parses the corners of a polygon and adds it to the polygons that were given before. */
export const polygonOption = (text: string, before: number[][] = []): number[][] => [
  ...before,
  shares(text, 'corners'),
]

/** Parses a rectangle and adds it, as a polygon, to those that were given before. */
export function rectangleOption(text: string, before: number[][] = []): number[][] {
  const [left = 0, top = 0, right = 0, bottom = 0] = shares(text, 4)
  if (left >= right || top >= bottom) {
    throw new InvalidArgumentError('It must be left, top, right and bottom, each pair in this order.')
  }
  return [...before, [left, top, right, top, right, bottom, left, bottom]]
}

/** Parses a share, a number from 0 to 1. */
export function share(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a number from 0 to 1.')
}

/** An option that takes one of the given values. */
export const oneOf = (flags: string, description: string, values: readonly string[]): Option =>
  new Option(flags, description).choices(values)

/** Parses a parameter `key=value` and adds it to those that were given before. The system checks the key. */
export function parameter(
  text: string,
  before: Record<string, string | number | boolean> = {},
): Record<string, string | number | boolean> {
  const [, key, value] = /^([^=\s]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError('It must be key=value.')
  return { ...before, [key]: parameterValue(value.trim()) }
}

function parameterValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}
