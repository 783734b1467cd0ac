import type { Label } from '../../../shared/image.ts'

/** Folder names that say what is on the photographs in them, in the languages of the people who name them. */
const names: Record<Exclude<Label, 'unlabeled'>, readonly string[]> = {
  normal: ['normal', 'good', 'ok', 'pass', 'io', 'gut', '良品', '合格', '正常'],
  anomalous: [
    'anomaly',
    'anomalies',
    'anomalous',
    'abnormal',
    'defect',
    'defects',
    'defective',
    'bad',
    'ng',
    'nok',
    'nio',
    'fail',
    'reject',
    '不良',
    '不良品',
    '不合格',
    '缺陷',
    '异常',
  ],
}

const labels = new Map<string, Label>(
  (['normal', 'anomalous'] as const).flatMap((label) => names[label].map((name) => [name, label] as const)),
)

/** The label that a folder's name states, in any case; null where it states none. */
export const labelOfFolder = (name: string): Label | null => labels.get(name.trim().toLowerCase()) ?? null

/** Folders that hold masks instead of photographs. */
export const isMaskFolder = (name: string): boolean =>
  ['ground_truth', 'ground-truth', 'groundtruth', 'masks', 'mask'].includes(name.toLowerCase())
