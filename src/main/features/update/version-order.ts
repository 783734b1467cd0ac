/** Which of two versions is the newer one, by the rules of Semantic Versioning. */

const form = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?$/

/** Whether this is a version by these rules, which is also safe as the name of a folder. */
export const isVersion = (text: string): boolean => form.test(text)

/** Whether `a` comes after `b`. */
export function isNewer(a: string, b: string): boolean {
  const [first, second] = [form.exec(a), form.exec(b)]
  if (first === null || second === null) return false
  for (const part of [1, 2, 3]) {
    const difference = Number(first[part]) - Number(second[part])
    if (difference !== 0) return difference > 0
  }
  return isLater(first[4], second[4])
}

/** What stands behind the numbers; a version without it is the release, which comes after all of them. */
function isLater(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return a === undefined && b !== undefined
  const [first, second] = [a.split('.'), b.split('.')]
  for (const [i, word] of first.entries()) {
    const other = second[i]
    if (other === undefined) return true
    if (word === other) continue
    const [isNumber, isOther] = [/^\d+$/.test(word), /^\d+$/.test(other)]
    if (isNumber && isOther) return Number(word) > Number(other)
    // Numbers come before words.
    return isNumber === isOther ? word > other : isOther
  }
  return false
}
