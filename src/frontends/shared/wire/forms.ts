/** Every form of the API. */
export * from './desk-forms.ts';
export * from './trading-forms.ts';
