// The states of everything that is asked of the server, always in this order: problem, loading, empty, data.
import type { UseQueryResult } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';
import { Problem } from '../api/problem';
import styles from './loaded.module.css';
import { Notice, ProblemView } from './problem-view';
import { Ago } from './time';

interface Props<T> {
  query: UseQueryResult<T>;
  /** What is asked for, as in "Loading {what}". */
  what: string;
  /** Stands in the final height, so that nothing jumps. */
  height: number | string;
  /** What to show in place of data that holds nothing; null when it holds something. */
  empty?: (data: T) => ReactNode | null;
  children: (data: T) => ReactNode;
}

export function Loaded<T>({ query, what, height, empty, children }: Props<T>) {
  const { data, error } = query;
  if (data === undefined && error) {
    return <ProblemView problem={asProblem(error)} what={what} onRetry={() => void query.refetch()} />;
  }
  if (data === undefined) return <Loading what={what} height={height} />;
  return (
    <>
      {error && (
        <Notice>
          {`Showing ${what} of `}
          <Ago time={query.dataUpdatedAt} />
          {`: ${asProblem(error).title}. It is asked for again by itself.`}
        </Notice>
      )}
      {empty?.(data) ?? children(data)}
    </>
  );
}

export function Loading({ what, height }: { what: string; height: number | string }) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), 5000);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.loading} style={{ minHeight: height }} role="status" aria-busy="true">
      <span className={slow ? styles.slow : 'bw-hidden'}>
        {slow ? `Still loading ${what}. The server is busy or far away.` : `Loading ${what}`}
      </span>
    </div>
  );
}

function asProblem(error: Error): Problem {
  return error instanceof Problem ? error : new Problem({ status: 0, title: error.message, cause: error });
}
