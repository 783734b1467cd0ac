/**
 * What the audit tells of the tables: of these columns, every change that Fanoscope makes is in a row of the audit, so
 * that what is stored can be compared with what the audit says (`src/main/store/told/replay.ts`).
 */

export interface ToldTable {
  name: string
  /** The columns by which a row is found; they never change. */
  key: readonly string[]
  /** Columns that the audit tells with their values. */
  values: readonly string[]
  /** Columns of which it tells a digest: long ones, and those that are nobody's business. */
  sums: readonly string[]
  /**
   * Whether a new row has to be told in the transaction that adds it: what a person decides. Other new rows are told
   * with the next row of the audit, so that importing and judging need no rows of their own.
   */
  atOnce: boolean
  /** SQL over the new row: only where it holds, the audit tells of the row as it is added. */
  addedIf?: string
}

const table = (
  name: string,
  key: readonly string[],
  columns: Partial<Omit<ToldTable, 'name' | 'key'>>,
): ToldTable => ({ name, key, values: [], sums: [], atOnce: true, ...columns })

const later = { atOnce: false }

/** A photograph as the line adds it; the audit tells of those with the verdicts about them. */
export const asFromTheLine = {
  split: 'live',
  label: 'unlabeled',
  defect_type: null,
  mask_sha256: null,
  part_group: null,
  removed_at: null,
} as const

export const toldTables: readonly ToldTable[] = [
  table('dataset', ['id'], {
    ...later,
    values: [
      'name',
      'created_at',
      'layout',
      'source',
      'has_direction',
      'validation_frozen_at',
      'removed_at',
      'removed_by',
      'removed_name',
      'cleared_at',
    ],
  }),
  table('import', ['id'], {
    ...later,
    values: ['dataset_id', 'source', 'layout', 'state', 'started_at', 'finished_at'],
    sums: ['report'],
  }),
  table('image', ['id'], {
    ...later,
    values: [
      'dataset_id',
      'sha256',
      'file',
      'width',
      'height',
      'channels',
      'bit_depth',
      'peak',
      'split',
      'label',
      'defect_type',
      'mask_sha256',
      'part_group',
      'import_id',
      'imported_at',
      'removed_at',
    ],
    sums: ['warnings'],
    addedIf: "NEW.split <> 'live'",
  }),
  table('annotation', ['image_id'], { values: ['operator_id', 'updated_at'], sums: ['shapes'] }),
  table('drawn_type', ['image_id', 'name'], {}),
  table('defect_type', ['dataset_id', 'name'], { values: ['color', 'place'] }),
  table('type_change', ['id'], {
    values: [
      'dataset_id',
      'kind',
      'name',
      'becomes',
      'color',
      'place',
      'changed_by',
      'changed_at',
      'undone_at',
    ],
  }),
  table('type_change_image', ['change_id', 'image_id'], {
    values: ['whole', 'drawn_before', 'drawn_at'],
    sums: ['shapes'],
  }),
  table('region_of_interest', ['dataset_id'], { values: ['region', 'changed_at'] }),
  table('white_level', ['dataset_id'], { values: ['white', 'changed_at'] }),
  table('sample_range', ['dataset_id'], { values: ['low', 'high', 'confirmed_at'] }),
  // A PIN is kept as a salted hash, and only its digest gets into the audit. A badge is short enough to be guessed from
  // a digest, so the audit does not tell which one it is.
  table('operator', ['id'], { values: ['name', 'created_at'], sums: ['pin'] }),
  table('decision_batch', ['id'], { values: ['run_id', 'operator_id', 'decided_at'] }),
  table('decision', ['id'], {
    values: [
      'run_id',
      'image_id',
      'operator_id',
      'decision',
      'defect_type',
      'note',
      'score',
      'decided_at',
      'undone_at',
      'undone_by',
      'batch_id',
      'role',
    ],
  }),
  table('run', ['id'], {
    ...later,
    values: [
      'dataset_id',
      'name',
      'number',
      'parent_run_id',
      'model',
      'preset',
      'seed',
      'created_at',
      'removed_at',
      'removed_by',
      'cleared_at',
      'archived_at',
      'note',
      'tags',
    ],
    sums: ['config', 'components', 'calibration', 'result'],
  }),
  table('run_file', ['run_id', 'file'], { ...later, values: ['sha256'] }),
  table('retraining', ['run_id'], { ...later, values: ['version_id', 'start'] }),
  table('dataset_version', ['id'], {
    values: ['dataset_id', 'number', 'parent_id', 'created_at', 'operator_id', 'reason', 'images', 'sha256'],
  }),
  table('score', ['run_id', 'image_id'], {
    ...later,
    values: ['score', 'calibrated', 'tiles'],
    sums: ['components', 'warnings'],
    addedIf: "NOT EXISTS (SELECT 1 FROM image WHERE image.id = NEW.image_id AND image.split = 'live')",
  }),
  table('operating_point', ['id'], {
    values: [
      'run_id',
      'name',
      'version',
      'score',
      'k',
      'reduction',
      'threshold',
      'least_area',
      'least_strength',
      'target',
      'interval_low',
      'interval_high',
      'validation',
      'figures',
      'operator_id',
      'reason',
      'created_at',
    ],
  }),
  table('operating_point_use', ['id'], {
    values: ['run_id', 'point_id', 'operator_id', 'reason', 'used_at'],
  }),
  table('model_use', ['id'], {
    values: ['dataset_id', 'run_id', 'action', 'operator_id', 'since', 'reason', 'gate'],
  }),
  table('live_watch', ['id'], { ...later, values: ['folder', 'result_folder', 'run_id', 'dataset_id'] }),
  // The rest of a part is in the checksums of `live.judged`.
  table('live_part', ['id'], { values: ['seen_at', 'seen_by', 'seen_decision_id'], addedIf: 'false' }),
  // Only those that a person answers for, see `changeSetting`.
  table('setting', ['key'], { values: ['value'], addedIf: 'false' }),
]

/** Tables of which the audit tells nothing, and why that is no gap, or which gap it is. */
export const untoldTables: Readonly<Record<string, string>> = {
  audit: 'has its own chain of hashes',
  row_sum: 'is compared with the rows that it sums up',
  untold: 'says what the next row of the audit tells; a row that it has told before is named',
  blob: 'is compared with the bytes of the files',
  dataset_version_image: 'is compared with the digest in its version, which the audit tells',
  picture_hash: 'is computed from the photographs again where it is missing',
  picture_cells: 'is computed from the photographs again where it is missing',
  region_profile: 'is measured on the heat maps again where it is missing',
  run_metric: 'the curves of a training, which decide nothing',
  inspection_point: 'rows of the audit have the settings before and after each change',
  deposit: 'photographs on their way to a verdict; with the verdict, the part has what they say',
  viewed_part:
    'follows from the verdicts of its views, which are told; the audit names those that stayed incomplete',
  recipe: 'rows of the audit have its settings',
  recipe_use: 'rows of the audit say who chose which recipe, and from when on it judged',
  result: 'repeats the verdict of its part, which is told, and the audit names parts that were late',
  output: 'rows of the audit have the settings before and after each change',
  delivery: 'rows of the audit have a digest of what was delivered when',
  job: 'what was worked on and when; what came of it is told',
}
