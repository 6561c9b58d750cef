/** A query that ran out of its budget. */
export class QueryTooSlow extends Error {
  override readonly name = 'QueryTooSlow';
}
