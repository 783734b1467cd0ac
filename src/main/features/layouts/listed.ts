/** The words of a list that is written as people write one, with commas. */
export const listed = (words: string): string[] =>
  words
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
