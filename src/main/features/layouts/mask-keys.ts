/** The key that a photograph of a dataset and its exported mask have in common. */
import type { Layout } from '../../../shared/image.ts'
import { maskRole } from './folder-roles.ts'

/** Whether a path lies among masks. */
export const isMaskFile = (file: string): boolean => {
  const [first = '', ...rest] = file.split('/')
  return rest.length > 0 && maskRole(first) === 'certain'
}

const stem = (file: string): string => file.replace(/\.[^./]*$/, '')

/**
 * What a photograph and its mask have in common: the path without its first folder, its ending and `_mask`.
 * test/crack/007.jpg and ground_truth/crack/007_mask.png both give crack/007.
 */
export function maskKey(file: string, layout: Layout): string {
  if (isMaskFile(file)) {
    return stem(file.split('/').slice(1).join('/')).replace(/[_-](mask|gt)$/i, '')
  }
  const parts = file.split('/')
  return stem((layout === 'mvtec' ? parts.slice(1) : parts).join('/'))
}
