/** What the names of folders say of their place in a data set: splits, masks, and folders that say nothing. */

import { type Split, splitSchema } from '../../../shared/image.ts'
import { plain } from './folder-names.ts'
import { listed } from './listed.ts'

const splits: Record<Split, readonly string[]> = {
  train: listed(`
    train, training, trainset, train set, training set, 训练, 训练集, 訓練, 学習, トレーニング, 학습, 훈련
  `),
  validation: listed(`
    val, valid, validation, validate, valset, validation set, val set, 验证, 验证集, 驗證, 検証, 검증
  `),
  test: listed(`
    test, testing, testset, test set, tests, 测试, 测试集, 測試, テスト, 評価, 테스트
  `),
  live: listed('live, live parts, 在线, 在线零件'),
}
const splitOfWord = new Map(
  splitSchema.options.flatMap((split) => splits[split].map((word) => [plain(word), split] as const)),
)

/** A split with a word for what is in it, as "train_img" and "test labels" have it; null for another name. */
function splitWithContent(name: string): { split: Split; content: string } | null {
  const [first = '', second = '', ...more] = plain(name).split(' ')
  if (second === '' || more.length > 0) return null
  for (const [word, content] of [
    [first, second],
    [second, first],
  ] as const) {
    const split = splitOfWord.get(word)
    const says = pictureFolders.has(content) || masks.has(content) || maybeMasks.has(content)
    if (split !== undefined && says) return { split, content }
  }
  return null
}

export const splitOfFolder = (name: string): Split | null =>
  splitOfWord.get(plain(name)) ?? splitWithContent(name)?.split ?? null

/** Whether a name says a split and nothing else. */
export const isOnlySplit = (name: string): boolean => splitOfWord.has(plain(name))

/** Folders of masks, whatever is in them. */
const masks = new Set(
  [
    ...listed(`
      ground_truth, groundtruth, ground_truths, gt, gts, gt_masks, mask, masks, segmentationclass,
      segmentation_class
    `),
    ...listed(`
      maskimages, mask_images, maske, masken, masque, masques, mascara, mascaras, maschera, maschere,
      маски
    `),
    ...listed('掩码, 掩膜, 掩模, 遮罩, 蒙版, マスク, 마스크, 真值'),
  ].map(plain),
)

/** Folders that hold masks where their files are called as photographs elsewhere are. */
const maybeMasks = new Set(
  [
    ...listed(`
      lab, labs, label, labels, annotation, annotations, anno, annos, annot, ann, seg, segs, segmentation,
      segmentations
    `),
    ...listed(`
      segmentationobject, segmentation_object, target, targets, matte, labelids, 标注, 标签, 分割, ラベル, アノテーション
    `),
  ].map(plain),
)

/** `certain`: masks; `likely`: masks where photographs belong to them; null: no word for masks. */
export function maskRole(name: string): 'certain' | 'likely' | null {
  const word = splitWithContent(name)?.content ?? plain(name)
  return masks.has(word) ? 'certain' : maybeMasks.has(word) ? 'likely' : null
}

/** Masks that number the objects on a photograph, not the kinds of defects: the same pixels as the others once more. */
export const isOfInstances = (name: string): boolean => /^segmentation ?objects?$/.test(plain(name))

/** Folders that only say that there are pictures in them. */
const pictureFolders = new Set(
  [
    'image',
    'images',
    'img',
    'imgs',
    'photo',
    'photos',
    'picture',
    'pictures',
    'pics',
    'rgb',
    'data',
    'jpegimages',
    'bilder',
    '图像',
    '图片',
    '画像',
    'default',
  ].map(plain),
)
export const isPictureFolder = (name: string): boolean => pictureFolders.has(plain(name))
