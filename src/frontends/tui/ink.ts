/** What the terminal is taken over with, in one place: the build makes one file of these packages, which is there sooner. */
export { render, useInput, usePaste } from 'ink';
export type { Instance, Key } from 'ink';
export { createElement } from 'react';
