/**
 * Reads what must be there. An index beyond the end of a list is a mistake in the caller's arithmetic and throws,
 * instead of becoming a zero that nobody notices. V8 inlines it: it costs one comparison.
 *
 * @param what the list, as the message of the error calls it
 * @throws RangeError where the list has no element at the index
 */
export function elementAt<T>(list: ArrayLike<T>, index: number, what = 'A list'): T {
  const element = list[index]
  if (element === undefined) throw new RangeError(`${what}: there is no ${index} among ${list.length}`)
  return element
}
