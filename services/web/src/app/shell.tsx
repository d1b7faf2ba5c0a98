// The frame around every page: the way to the other pages, the scheme, who is signed in.
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { Link, NavLink, Outlet, useLocation } from 'react-router';
import { listen } from '../api/live';
import { SignInPage } from '../pages/sign-in/page';
import { Account } from './account';
import { Logo } from './logo';
import { paths } from './paths';
import styles from './shell.module.css';
import { SchemeSwitch } from './scheme-switch';
import { useSignedOut } from './signed';

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
            <NavLink to={paths.fleet()} end>
              Fleet
            </NavLink>
          </nav>
          <div className={styles.tools}>
            <SchemeSwitch />
            <Account />
          </div>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1} className={styles.main}>
        <Outlet />
      </main>
    </>
  );
}
