import type { Migration } from '../migrate.ts'

/** The failure of a row as `{ code, params }`, of what was `{ code, message, remedy }`. */
const recorded = (failure: string): string =>
  `json_object('code', 'recorded-before', 'params', json(${failure}))`

/**
 * A failure is a code with the values of its sentences. Sentences that were stored before cannot be taken apart: they
 * are kept whole, with the code that they had.
 */
export const messages: Migration = {
  version: 7,
  name: 'messages',
  sql: `
    UPDATE run SET failure = ${recorded('failure')} WHERE failure IS NOT NULL;
    UPDATE job SET failure = ${recorded('failure')} WHERE failure IS NOT NULL;
    UPDATE live_watch SET refused = json_set(refused, '$.failure', ${recorded("refused -> '$.failure'")})
      WHERE refused IS NOT NULL;
  `,
}
