/**
 * MVTec LOCO AD and AutoVI: as MVTec AD, but each photograph has a folder of masks, one for each defect on it:
 * ground_truth/<type>/<number>/<mask>.png.
 */
import type { Recogniser } from './known-layout.ts'

export const mvtecLoco: Recogniser = {
  name: 'mvtec-loco',
  fits: ({ hasTypedSplits, maskFolders }) => hasTypedSplits && maskFolders > 0,
}
