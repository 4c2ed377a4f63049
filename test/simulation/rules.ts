/** The rules that hold whatever happens; a violation names one of them. */
export type Rule =
  | 'sent_once'
  | 'none_forgotten'
  | 'books_equal_venue'
  | 'protected'
  | 'money_conserved'
  | 'limits'
  | 'opening_stopped'
  | 'users_own'
  | 'told'
  | 'one_engine'
  | 'no_fault';

export interface Violation {
  readonly rule: Rule;
  readonly at: number;
  readonly what: string;
}
