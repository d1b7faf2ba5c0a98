// Mantine in the colours of tokens.css: a neutral primary, so that colour is left to mean status.
import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const ink: MantineColorsTuple = [
  '#f8f9fa',
  '#f1f3f5',
  '#e9ecef',
  '#dee2e6',
  '#e9ecef', // the primary shade of the dark scheme
  '#adb5bd',
  '#868e96',
  '#495057',
  '#212529', // the primary shade of the light scheme
  '#16191d',
];

export const theme = createTheme({
  colors: { ink },
  primaryColor: 'ink',
  primaryShade: { light: 8, dark: 4 },
  autoContrast: true,
  fontFamily: 'var(--bw-font)',
  fontFamilyMonospace: 'var(--bw-mono)',
  defaultRadius: 'md',
  cursorType: 'pointer',
});

const SURFACES = {
  '--mantine-color-body': 'var(--bw-surface)',
  '--mantine-color-text': 'var(--bw-ink)',
  '--mantine-color-dimmed': 'var(--bw-muted)',
  '--mantine-color-placeholder': 'var(--bw-muted)',
  '--mantine-color-anchor': 'var(--bw-ink)',
  '--mantine-color-default': 'var(--bw-surface)',
  '--mantine-color-default-hover': 'var(--bw-sunken)',
  '--mantine-color-default-border': 'var(--bw-line-strong)',
  '--mantine-color-error': 'var(--bw-act)',
};

export const variables: CSSVariablesResolver = () => ({ variables: {}, light: SURFACES, dark: SURFACES });
