/** What main and the engine both know of the folder of a run. */

/** Compiled graphs of the run, which can be made again at any time. */
export const compiledFolder = 'compiled'
