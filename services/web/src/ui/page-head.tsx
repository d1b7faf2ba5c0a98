// The top of a page: where it lies, its name, and the link to exactly this view.
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { Button } from './button';
import styles from './page-head.module.css';

interface Props {
  /** Name and address of the pages above. */
  trail: readonly (readonly [string, string])[];
  title: string;
  tag?: string | null;
  about?: ReactNode;
  children?: ReactNode;
}

export function PageHead({ trail, title, tag, about, children }: Props) {
  return (
    <div className={styles.head}>
      <div>
        <nav aria-label="Breadcrumb" className={styles.trail}>
          <ol>
            {trail.map(([name, to]) => (
              <li key={to}>
                <Link to={to}>{name}</Link>
              </li>
            ))}
          </ol>
        </nav>
        <h1>
          {title}
          {tag != null && <span className={styles.tag}>{tag}</span>}
        </h1>
        {about != null && <p className="bw-muted">{about}</p>}
      </div>
      <div className={`${styles.tools} bw-screen`}>
        {children}
        <Share />
      </div>
    </div>
  );
}

/** The address holds the whole state of the page, so copying it is sharing it. */
function Share() {
  const [said, setSaid] = useState('');
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(globalThis.location.href);
      setSaid('Link copied');
    } catch {
      setSaid('Copy the address of this page');
    }
    setTimeout(() => setSaid(''), 4000);
  };
  return (
    <>
      <span role="status">{said}</span>
      <Button onClick={() => void copy()}>Copy link</Button>
    </>
  );
}
