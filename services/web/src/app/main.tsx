// The entry: providers around the router.
import './styles';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router';
import { createQueries } from '../api/queries';
import { startScheme } from '../theme/scheme';
import { loadAhead } from './pages';
import { createRouter } from './router';
import { setSignedOut } from './signed';

startScheme();

const queries = createQueries(() => setSignedOut(true));

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={createRouter(queries)} />
    </QueryClientProvider>
  </StrictMode>,
);

loadAhead();
