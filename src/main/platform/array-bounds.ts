/**
 * Checks of array lengths. A wrong index must fail where it arises and not continue as a zero. A kernel, which
 * `tsconfig.kernels.json` lists, checks the lengths of its arrays when it is called and then indexes without checks.
 * Elsewhere an element that must exist is read with `elementAt` of src/shared.
 */

/** @throws RangeError unless the array has the expected number of values */
export function requireLength(array: ArrayLike<unknown>, expected: number, what: string): void {
  if (array.length === expected) return
  throw new RangeError(`${what}: ${expected} values were expected, ${array.length} were given`)
}

/** @throws RangeError unless the array is made of whole rows of the given length */
export function requireRows(array: ArrayLike<unknown>, rowLength: number, what: string): void {
  if (Number.isInteger(array.length / rowLength)) return
  throw new RangeError(`${what}: rows of ${rowLength} values were expected, ${array.length} were given`)
}
