/**
 * MVTec AD: train/good, test/<type>, ground_truth/<type>/<number>_mask.png. MPDD and most own data sets have it too.
 */
import type { Recogniser } from './known-layout.ts'

export const mvtecAd: Recogniser = { name: 'mvtec-ad', fits: ({ hasTypedSplits }) => hasTypedSplits }
