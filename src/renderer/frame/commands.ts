/** What the command palette lists, and what a few letters find in it. */
export interface Command {
  title: string
  /** Where it belongs. */
  group: string
  /** The key that does the same; empty where there is none. */
  key: string
  run: () => void
}

const plain = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()

/**
 * How well a text matches what was typed; null where it does not. The letters must occur in order; those at the
 * beginning of a word and those next to each other count more.
 */
export function rank(text: string, typed: string): number | null {
  const letters = [...plain(typed)].filter((letter) => letter !== ' ')
  const characters = [...plain(text)]
  let at = 0
  let points = 0
  let before = -2
  for (const letter of letters) {
    const found = characters.indexOf(letter, at)
    if (found === -1) return null
    const isStart = found === 0 || /[\s\-_/.·]/.test(characters[found - 1] ?? '')
    points += found === before + 1 ? 3 : isStart ? 2 : 0
    before = found
    at = found + 1
  }
  return points - characters.length / 100
}

/** The best answers first; all of them, in their order, where nothing was typed. */
export function matching(commands: readonly Command[], typed: string): Command[] {
  if (typed.trim() === '') return [...commands]
  return commands
    .flatMap((command) => {
      const own = rank(command.title, typed)
      const whole = rank(`${command.group} ${command.title}`, typed)
      const points = own ?? (whole === null ? null : whole - 5)
      return points === null ? [] : [{ command, points }]
    })
    .sort((a, b) => b.points - a.points)
    .map(({ command }) => command)
}
