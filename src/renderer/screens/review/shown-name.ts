import type { ReviewItem } from '../../../shared/review.ts'

/**
 * The name of a part as it may be shown: without its folders while nobody has decided and the truth is hidden. Folders
 * of a dataset are often called "good" or after the defect.
 */
export function shownName({ file, decision }: Pick<ReviewItem, 'file' | 'decision'>, truth: boolean): string {
  if (truth || decision !== null) return file
  return file.slice(file.lastIndexOf('/') + 1)
}
