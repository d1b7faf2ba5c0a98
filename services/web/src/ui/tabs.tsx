// Pages that belong together, on one line; the one shown is in sight, however narrow the screen.
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import styles from './tabs.module.css';

interface Props {
  label: string;
  /** Name and address of each page. */
  pages: readonly (readonly [name: string, to: string])[];
  /** The address of the page shown. */
  current: string;
}

export function Tabs({ label, pages, current }: Props) {
  const here = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    const tab = here.current;
    const line = tab?.parentElement;
    if (tab && line) line.scrollLeft = tab.offsetLeft - (line.clientWidth - tab.offsetWidth) / 2;
  }, [current]);
  return (
    <nav aria-label={label} className={`${styles.tabs} bw-screen`}>
      {pages.map(([name, to]) => (
        <Link key={to} to={to} {...(to === current && { ref: here, 'aria-current': 'page' as const })}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
