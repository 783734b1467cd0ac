/** VisA: Data/Images/Normal, Data/Images/Anomaly, Data/Masks/Anomaly, and image_anno.csv with the types of defects. */
import { hasFolder, type Recogniser } from './known-layout.ts'

export const visa: Recogniser = {
  name: 'visa',
  fits: (evidence) =>
    hasFolder(evidence, /(?:^|\/)images\/normal$/) && hasFolder(evidence, /(?:^|\/)masks\/anomaly$/),
}
