/** Where the sealed inputs of a score belong, as their seals name it: whoever opens many at once needs it beside the query. */

export const VARIABLES_COLUMN = 'scores.sealed_variables';

/** The row of one round of an application. */
export const scoredVariablesRow = (applicationId: string, round: number): string =>
  `${applicationId}/${round}`;
