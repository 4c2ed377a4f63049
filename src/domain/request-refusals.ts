/**
 * The part of the catalogue of errors that says why something that was asked of the desk, from the command line or another
 * program, cannot be done. Read it through errors.ts.
 */
export const REQUEST_REFUSALS = {
  ARGUMENT_INVALID: { fault: 'user', message: '{name} is {given}: {problem}', hint: 'Allowed: {allowed}.' },
  NOT_FOUND: { fault: 'user', message: 'no {what} {given}', hint: '{remedy}' },
  AMBIGUOUS: { fault: 'user', message: '{given} may mean several {what}s', hint: 'One of: {candidates}.' },
  FILTER_REFUSED: {
    fault: 'user',
    message: 'the filter {filter} cannot be used: {problem}',
    hint: '{remedy}',
  },
  TRADER_NAME_TAKEN: {
    fault: 'user',
    message: 'a trader named {given} is there already',
    hint: 'Choose another name, or change that trader with `aitrader trader set`.',
  },
  SYMBOL_NOT_WATCHED: {
    fault: 'user',
    message: '{given} is not among the {count} symbols that are watched',
    hint: 'Nearest: {nearest}. SYMBOLS (or --symbols at the start) says which are watched.',
  },

  // The running process, as other processes see it
  NOT_RUNNING: {
    fault: 'user',
    message: 'no aitrader runs in {path}',
    hint: 'Start it with `aitrader`, or `aitrader --sim` for a simulated market. --data-dir names another folder.',
  },
  CONTROL_UNREACHABLE: {
    fault: 'system',
    message: 'the aitrader that runs in {path} does not answer: {problem}',
    hint: 'It may be starting or ending: try again in a moment. `aitrader logs` shows what it does.',
  },
  CONTROL_SOCKET_UNUSABLE: {
    fault: 'user',
    message: 'the control socket {path} cannot be used: {problem}',
    hint: '{remedy}',
  },
  CONTROL_REQUEST_REFUSED: { fault: 'user', message: 'the request is refused: {problem}', hint: '{remedy}' },
} as const;
