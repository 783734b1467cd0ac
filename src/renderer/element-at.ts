/**
 * Reads one number of a list that is known to be long enough. An index beyond its end is a mistake in the caller's
 * arithmetic and throws, instead of becoming a zero that nobody notices. V8 inlines it: it costs one comparison.
 */
export function elementAt(values: ArrayLike<number>, index: number): number {
  const value = values[index]
  if (value === undefined) throw new RangeError(`There is no element ${index} among ${values.length}.`)
  return value
}
