// The rules of the page that are executed: hooks, types, colours only in the theme, one direction of imports.
import js from '@eslint/js';
import hooks from 'eslint-plugin-react-hooks';
import ts from 'typescript-eslint';

const COLOUR = {
  selector: 'Literal[value=/^(#[0-9a-f]{3,8}|(rgb|hsl|oklch)a?\\(.*)$/i]',
  message: 'Colours live in src/theme/tokens.css; use var(--bw-...).',
};

/** The folders a folder may not import from: pages -> charts, graph, ui -> theme; `api` only from pages and app. */
const LAYERS = {
  theme: ['ui', 'charts', 'graph', 'api', 'pages', 'app'],
  ui: ['charts', 'graph', 'pages', 'app'],
  charts: ['graph', 'pages', 'app'],
  graph: ['pages', 'app'],
  api: ['ui', 'charts', 'graph', 'pages', 'theme'],
  pages: [],
};

export default ts.config(
  { ignores: ['dist/**', 'src/api/schema.gen.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  hooks.configs.flat['recommended-latest'],
  {
    files: ['**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': ['error', COLOUR],
    },
  },
  { files: ['src/theme/**'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['check/**', '*.js'],
    languageOptions: {
      globals: {
        Buffer: 'readonly',
        URL: 'readonly',
        console: 'readonly',
        document: 'readonly', // in what a page evaluates
        process: 'readonly',
      },
    },
  },
  ...Object.entries(LAYERS).map(([folder, forbidden]) => ({
    files: [`src/${folder}/**/*.{ts,tsx}`],
    ignores: ['**/*.test.*'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['**/fakes/**'], message: 'Fakes are for tests.' },
            ...forbidden.map((other) => ({
              group: [`**/${other}/**`],
              // Types of the wire are the vocabulary of every layer; code is not.
              allowTypeImports: other === 'api',
              message: `src/${folder} may not import src/${other}.`,
            })),
          ],
        },
      ],
    },
  })),
);
