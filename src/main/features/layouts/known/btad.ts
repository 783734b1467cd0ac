/** BTAD: train/ok, test/ok, test/ko, ground_truth/ko; photographs and masks have different endings. */
import { hasFolder, type Recogniser } from './known-layout.ts'

export const btad: Recogniser = {
  name: 'btad',
  fits: (evidence) => evidence.hasTypedSplits && hasFolder(evidence, /^test\/ko$/),
}
