/**
 * The bits of 32-bit floats as unsigned integers that have the same order (negative numbers below positive ones, -0
 * equal to 0). Returns a new array. For the first NaN it throws what `failure` makes of its index.
 */
export function sortableKeys(values: Float32Array, failure: (index: number) => Error): Uint32Array {
  const keys = new Uint32Array(values.slice().buffer)
  for (let i = 0; i < keys.length; i++) {
    const bits = keys[i]
    if ((bits & 0x7fffffff) > 0x7f800000) throw failure(i)
    if (bits === 0x80000000) keys[i] = 0x80000000
    else keys[i] = bits >>> 31 === 1 ? ~bits : bits | 0x80000000
  }
  return keys
}

/**
 * Sorts 32-bit keys in ascending order in three passes over 11, 11 and 10 bits; stable, and linear in their number.
 * The given array is used as working space. `order` gives the earlier position of each sorted key, and is empty
 * unless requested.
 */
export function sortKeys(
  given: Uint32Array<ArrayBuffer>,
  withOrder = false,
): { keys: Uint32Array; order: Uint32Array } {
  const size = given.length
  let keys = given
  let spare = new Uint32Array(size)
  let order = new Uint32Array(withOrder ? size : 0)
  let spareOrder = new Uint32Array(order.length)
  for (let i = 0; i < order.length; i++) order[i] = i

  const starts = [new Uint32Array(2048), new Uint32Array(2048), new Uint32Array(2048)] as const
  const [low, middle, high] = starts
  for (let i = 0; i < size; i++) {
    const key = keys[i]
    low[key & 2047]++
    middle[(key >>> 11) & 2047]++
    high[key >>> 22]++
  }
  for (const [pass, start] of starts.entries()) {
    let sum = 0
    for (let digit = 0; digit < start.length; digit++) {
      const count = start[digit]
      start[digit] = sum
      sum += count
    }
    const shift = 11 * pass
    for (let i = 0; i < size; i++) {
      const key = keys[i]
      const digit = (key >>> shift) & 2047
      const to = start[digit]
      start[digit] = to + 1
      spare[to] = key
      if (withOrder) spareOrder[to] = order[i]
    }
    ;[keys, spare] = [spare, keys]
    ;[order, spareOrder] = [spareOrder, order]
  }
  return { keys, order }
}
