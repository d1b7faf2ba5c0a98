// A button that opens a list of files to take along.
import { useEffect, useRef } from 'react';
import styles from './menu.module.css';

interface Props {
  name: string;
  items: readonly { title: string; href: string; download?: boolean }[];
  /** What asks for more before there is a file. */
  action?: { title: string; act: () => void };
}

export function Menu({ name, items, action }: Props) {
  const box = useRef<HTMLDetailsElement>(null);
  // It closes by a press beside it and by Escape, as menus do.
  useEffect(() => {
    const close = (event: Event) => {
      const element = box.current;
      if (!element?.open) return;
      const isOutside = event instanceof PointerEvent && !element.contains(event.target as Node);
      const isEscape = event instanceof KeyboardEvent && event.key === 'Escape';
      if (isEscape) element.querySelector('summary')?.focus();
      if (isOutside || isEscape) element.open = false;
    };
    document.addEventListener('pointerdown', close);
    document.addEventListener('keydown', close);
    return () => {
      document.removeEventListener('pointerdown', close);
      document.removeEventListener('keydown', close);
    };
  }, []);
  return (
    <details ref={box} className={`${styles.menu} bw-screen`}>
      <summary>{name}</summary>
      <ul>
        {items.map(({ title, href, download = true }) => (
          <li key={href}>
            <a href={href} {...(download ? { download: true } : { target: '_blank', rel: 'noreferrer' })}>
              {title}
            </a>
          </li>
        ))}
        {action && (
          <li>
            <button
              type="button"
              onClick={() => {
                box.current!.querySelector('summary')?.focus(); // where the focus goes when all is done
                box.current!.open = false;
                action.act();
              }}
            >
              {action.title}
            </button>
          </li>
        )}
      </ul>
    </details>
  );
}
