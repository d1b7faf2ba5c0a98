// What is wrong with the values of the chosen batch, and with its rows as a whole.
import type { Issue, Report } from '../../api/types';
import { count } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { STATUSES } from '../../ui/status';
import { IssueList } from '../issues/list';

/** Issues that are listed. */
const MOST = 12;

export function Broken({ report }: { report: Report }) {
  const columns = [report.prediction, report.target, ...report.features].flatMap((one) => one?.issues ?? []);
  const order = (one: Issue) => STATUSES.indexOf(one.status);
  const all = [...report.issues, ...columns].sort((a, b) => order(a) - order(b));
  if (all.length === 0) return null;
  return (
    <Panel
      title="What is wrong with the values"
      lead="Shares that rose against the reference beyond luck, and columns that cannot be read as before."
    >
      <IssueList issues={all.slice(0, MOST)} />
      {all.length > MOST && (
        <p className="bw-muted">{`And ${count(all.length - MOST)} more, each on the page of its input.`}</p>
      )}
    </Panel>
  );
}
