// The frame around every page: the way to the other pages, the scheme, who is signed in.
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link, NavLink, Outlet, useLocation } from 'react-router';
import { listen } from '../api/live';
import { SignInPage } from '../pages/sign-in/page';
import { IconButton } from '../ui/button';
import { Account } from './account';
import { Help } from './help';
import { Logo } from './logo';
import { NAV } from './nav';
import { paths } from './paths';
import styles from './shell.module.css';
import { SchemeSwitch } from './scheme-switch';
import { useShortcuts } from './shortcuts';
import { useSignedOut } from './signed';

const QUESTION =
  'M9.200 9a2.900 2.900 0 1 1 4.200 2.600c-.9.500-1.400 1-1.400 2.100m0 3v.1M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z';

export function Shell() {
  const isOut = useSignedOut();
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const first = useRef(true);
  // A new page is announced and takes the focus, as a loaded document would.
  useEffect(() => {
    if (first.current) first.current = false;
    else main.current?.focus({ preventScroll: true });
    globalThis.scrollTo?.(0, 0);
  }, [pathname]);

  const queries = useQueryClient();
  useEffect(() => (isOut ? undefined : listen(queries)), [queries, isOut]);

  const [isHelping, setHelping] = useState(false);
  const help = useCallback(() => setHelping(true), []);
  const { isOn, turn } = useShortcuts(help);

  if (isOut) return <SignInPage />;
  return (
    <>
      <a className={styles.skip} href="#main">
        Skip to content
      </a>
      <header className={`${styles.header} bw-screen`}>
        <div className={styles.bar}>
          <Link to={paths.fleet()} className={styles.brand}>
            <Logo />
            Bellwether
          </Link>
          <nav aria-label="Main" className={styles.nav}>
            {NAV.map(([words, to]) => (
              <NavLink key={to} to={to} end={to === paths.fleet()}>
                {words}
              </NavLink>
            ))}
          </nav>
          <div className={styles.tools}>
            <IconButton kind="quiet" label="Help and keys" d={QUESTION} onClick={help} />
            <SchemeSwitch />
            <Account />
          </div>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
      {isHelping && <Help isOn={isOn} turn={turn} onClose={() => setHelping(false)} />}
    </>
  );
}
