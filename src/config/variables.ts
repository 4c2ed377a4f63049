import type { z } from 'zod';
import type { Variable, VariableTable } from './variable.ts';
import { EXCHANGE } from './variables/exchange.ts';
import { PROGRAM } from './variables/program.ts';
import { SERVICE, STORAGE } from './variables/service.ts';
import { RISK, TRADING } from './variables/trading.ts';

const TABLE = { ...PROGRAM, ...EXCHANGE, ...TRADING, ...RISK, ...SERVICE, ...STORAGE } as const satisfies VariableTable;

export type VariableName = keyof typeof TABLE;

/** Every variable that the program knows. */
export const VARIABLES: Readonly<Record<VariableName, Variable>> = TABLE;

export const VARIABLE_NAMES = Object.keys(TABLE) as VariableName[];

/** The variables in the sections in which they are documented. */
export const SECTIONS: readonly { readonly title: string; readonly variables: VariableTable }[] = [
  { title: 'Program', variables: PROGRAM },
  { title: 'Exchange and money', variables: EXCHANGE },
  { title: 'Trading', variables: TRADING },
  { title: 'Risk', variables: RISK },
  { title: 'Daemon and alerts', variables: SERVICE },
  { title: 'Storage', variables: STORAGE },
];

type Table = typeof TABLE;

/** What each variable's text was read as; null for one without value and default. */
export type Values = {
  readonly [Name in VariableName]:
    z.output<Table[Name]['schema']> | (Table[Name]['default'] extends null ? null : never);
};
