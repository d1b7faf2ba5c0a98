// The entry: providers around the router.
import './styles';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { createQueries } from '../api/queries';
import { theme, variables } from '../theme/theme';
import { loadAhead } from './pages';
import { createRouter } from './router';
import { setSignedOut } from './signed';

const queries = createQueries(() => setSignedOut(true));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider defaultColorScheme="auto" theme={theme} cssVariablesResolver={variables}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={createRouter(queries)} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);

loadAhead();
