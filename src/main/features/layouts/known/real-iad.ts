/**
 * Real-IAD: OK/<part>/<view>.jpg and NG/<type>/<part>/<view>.jpg with a mask of the same name and another ending beside
 * it; its JSON lists, where they are there, say the split.
 */
import { hasFolder, type Recogniser } from './known-layout.ts'

export const realIad: Recogniser = {
  name: 'real-iad',
  fits: (evidence) =>
    evidence.documents.has('real-iad') ||
    (evidence.masksOfSameName > 0 &&
      hasFolder(evidence, /(?:^|\/)ok(?:\/|$)/) &&
      hasFolder(evidence, /(?:^|\/)ng(?:\/|$)/)),
}
