/**
 * Why a test was skipped that says so only by its condition: the source text in `skipIf(...)` or `runIf(...)`
 * before the innermost of the names (suites first, the test last) that has one.
 * @param {string} source of the test file
 * @param {string[]} names
 * @returns {string | null}
 */
export function conditionOf(source, names) {
  for (const name of [...names].reverse()) {
    const quoted = ["'", '"', '`'].map((quote) => source.indexOf(quote + name)).find((at) => at >= 0)
    if (quoted === undefined) continue
    // Between the condition and the name stands nothing but `)(`.
    const before = source.slice(0, quoted).trimEnd()
    const start = Math.max(before.lastIndexOf('.skipIf('), before.lastIndexOf('.runIf('))
    if (!before.endsWith('(') || start < 0) continue
    const call = before.slice(start + 1)
    const inside = call.slice(call.indexOf('(') + 1, -1).trimEnd()
    if (!inside.endsWith(')') || !isBalanced(inside.slice(0, -1))) continue
    const condition = inside.slice(0, -1).replace(/\s+/g, ' ').trim()
    return call.startsWith('skipIf') ? `here ${condition}` : `here not ${condition}`
  }
  return null
}

/** @param {string} text */
function isBalanced(text) {
  let depth = 0
  for (const character of text) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (depth < 0) return false
  }
  return depth === 0
}
