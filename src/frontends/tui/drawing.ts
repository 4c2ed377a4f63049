/** What the screen is drawn with, in one place: the build makes one file of these packages, which is there sooner. */
export { Box, render, Transform, useInput, usePaste } from 'ink';
export type { Instance, Key } from 'ink';
export { createElement, memo } from 'react';
export type { ReactElement } from 'react';
