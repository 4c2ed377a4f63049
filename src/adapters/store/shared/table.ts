/** What a column holds. A question mark: null is a value of it. Flags are integers 0 and 1, JSON and amounts are text. */
export type ColumnType = 'text' | 'text?' | 'integer' | 'integer?' | 'real' | 'real?';

/** A table that the adapters read and write: the same in each database, made by the SQL in `migrations/`. */
export interface TableDefinition {
  /** `entity`: overwritten by its next version. `record`: written once; the same again changes nothing. */
  readonly kind: 'entity' | 'record';
  /** The columns that tell rows apart. */
  readonly key: readonly string[];
  /** Times are milliseconds UTC. */
  readonly columns: Readonly<Record<string, ColumnType>>;
}

interface ValueByColumnType {
  readonly text: string;
  readonly 'text?': string | null;
  readonly integer: number;
  readonly 'integer?': number | null;
  readonly real: number;
  readonly 'real?': number | null;
}

/** A row of the table, as the database takes and gives it. */
export type RowOf<Table extends TableDefinition> = {
  readonly [Name in keyof Table['columns']]: ValueByColumnType[Table['columns'][Name]];
};

/** A value of a column, and a parameter of a statement. */
export type SqlValue = string | number | null;
