// What really happened in a batch, against what happened in the reference: labels that came with it, or since.
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { reportQuery } from '../../api/drift';
import { paths, withSearch } from '../../app/paths';
import { printMoment } from '../../app/url';
import { score } from '../../ui/format';
import { Panel } from '../../ui/panel';
import { StatusBadge } from '../../ui/status';

export function Target({ model, batch }: { model: string; batch: string }) {
  const { data: report } = useQuery(reportQuery(model, batch));
  const target = report?.target;
  if (!report || !target) return null;
  const at = printMoment(Date.parse(report.start ?? report.end ?? report.created_at));
  const line = target.methods[0]?.threshold;
  return (
    <Panel
      title="What really happened"
      lead="The labels of this batch compared with those of the reference: whether the world itself changed."
    >
      <p>
        <StatusBadge status={target.status} /> {target.sentence || target.reason}
      </p>
      <p className="bw-muted">
        {target.score === null ? 'Drift unknown' : `Drift ${score(target.score)}`}
        {line != null && `, watch from ${score(line)}`}.{' '}
        <Link to={withSearch(paths.feature(model, target.feature), { at })}>Its shape, then and now</Link>
      </p>
    </Panel>
  );
}
