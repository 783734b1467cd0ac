/** Pascal VOC, which CVAT exports as "Segmentation mask": JPEGImages, SegmentationClass, SegmentationObject. */
import { hasFolder, type Recogniser } from './known-layout.ts'

export const segmentationClasses: Recogniser = {
  name: 'segmentation-classes',
  fits: (evidence) => hasFolder(evidence, /(?:^|\/)segmentationclass(?:\/|$)/),
}
