/** No artifact may be larger than what release pages and sticks with FAT32 keep. */
export const mostBytes = 1.8e9

/**
 * @param {readonly { file: string, bytes: number }[]} artifacts
 * @returns {string[]} what is too large, in words
 */
export const tooLarge = (artifacts) =>
  artifacts
    .filter(({ bytes }) => bytes > mostBytes)
    .map(({ file, bytes }) => `${file} has ${(bytes / 1e9).toFixed(2)} GB, more than ${mostBytes / 1e9} GB.`)
