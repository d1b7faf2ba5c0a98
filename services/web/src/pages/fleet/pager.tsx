// Which of the models asked for are shown, and the way to the next ones.
import type { Fleet } from '../../api/types';
import { Button } from '../../ui/button';
import { count } from '../../ui/format';
import type { FleetUrl } from './page';
import styles from './page.module.css';

export function Pager({ fleet, url }: { fleet: Fleet; url: FleetUrl }) {
  const { items, skipped, total, next } = fleet;
  if (!skipped && next === null) return null;
  return (
    <nav className={styles.pager} aria-label="Pages of the fleet">
      <span>{`${count(skipped + 1)} to ${count(skipped + items.length)} of ${count(total)}`}</span>
      {skipped > 0 && <Button onClick={() => url.set({ after: '' }, { push: true })}>First page</Button>}
      {next !== null && (
        <Button onClick={() => url.set({ after: next }, { push: true })}>
          {`Next ${Math.min(items.length, total - skipped - items.length)}`}
        </Button>
      )}
    </nav>
  );
}
