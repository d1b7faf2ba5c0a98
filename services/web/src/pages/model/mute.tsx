// The button that lets a person expect a change of the whole model.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { annotationKeys, mute } from '../../api/annotations';
import { incidentKeys } from '../../api/incidents';
import { Button } from '../../ui/button';
import { ExpectDialog } from '../expect/dialog';

export function MuteButton({ model }: { model: string }) {
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const save = async ({ reason, end }: { reason: string; end: string }) => {
    await mute({ model, reason, end, start: null, features: [], rules: [], kpis: [] });
    void queries.invalidateQueries({ queryKey: annotationKeys.all(model) });
    void queries.invalidateQueries({ queryKey: incidentKeys.all });
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>Mute</Button>
      {isOpen && <ExpectDialog about={model} save={save} onClose={() => setOpen(false)} />}
    </>
  );
}
