/** The folder of the sample line: next to the workspace, since it is not a part of it. */
export const sampleFolder = (workspace: string, seed: number): string =>
  seed === 1 ? `${workspace}-sample` : `${workspace}-sample-${seed}`
