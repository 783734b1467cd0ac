/**
 * DAGM 2007: Train and Test, each with a folder Label that holds a mask (0576_label.PNG) for every photograph with a
 * defect and for no other.
 */
import { hasFolder, type Recogniser } from './known-layout.ts'

export const dagm: Recogniser = {
  name: 'dagm',
  fits: (evidence) =>
    hasFolder(evidence, /(?:^|\/)train\/label$/) || hasFolder(evidence, /(?:^|\/)test\/label$/),
  unmasked: 'normal',
}
