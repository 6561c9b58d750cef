import type { BasicConversation, Role } from '@parley/client';
import { useEffect, useState } from 'react';

export interface Moderation {
  roleOf(member: string): Role;
  isSilenced(member: string): boolean;
}

/** Who is what in a group, and who may not speak; asked anew whenever that changes. */
export function useModeration(group: BasicConversation): Moderation {
  const [roles, setRoles] = useState<ReadonlyMap<string, Role>>(new Map());
  const [silenced, setSilenced] = useState<readonly string[]>([]);
  useEffect(() => {
    let isOver = false;
    const ask = () => {
      group.roles().then(
        (found) => !isOver && setRoles(found),
        () => {},
      );
      group.silencedClients().then(
        ({ clientIds }) => !isOver && setSilenced(clientIds),
        () => {},
      );
    };
    ask();
    const names = ['roleChanged', 'membersSilenced', 'membersUnsilenced', 'silenced', 'unsilenced'] as const;
    const stops = names.map((name) => group.on(name, ask));
    return () => {
      isOver = true;
      for (const stop of stops) stop();
    };
  }, [group]);
  return {
    roleOf: (member) => roles.get(member) ?? (member === group.creator ? 'Owner' : 'Member'),
    isSilenced: (member) => silenced.includes(member),
  };
}
