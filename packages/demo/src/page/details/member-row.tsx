import type { BasicConversation } from '@parley/client';
import { useText } from '../settings/settings.tsx';
import { Avatar } from '../ui/avatar.tsx';
import { Icon } from '../ui/icon.tsx';
import { useAttempt } from '../ui/toasts.tsx';
import { useSeat } from '../workspace/seat.ts';
import styles from './details.module.css';
import type { Moderation } from './use-moderation.ts';

export interface MemberRowProps {
  readonly group: BasicConversation;
  readonly member: string;
  readonly moderation: Moderation;
}

/** A member, and what may be done with them. */
export function MemberRow({ group, member, moderation }: MemberRowProps) {
  const { name, writeTo } = useSeat();
  const { details } = useText();
  const attempt = useAttempt();
  const mine = moderation.roleOf(name);
  const role = moderation.roleOf(member);
  const isSilenced = moderation.isSilenced(member);
  const mayManage = mine === 'Owner' ? role !== 'Owner' : mine === 'Manager' && role === 'Member';
  const isMe = member === name;

  return (
    <li>
      <details className={styles.member} name="member">
        <summary className={styles.person} aria-label={details.actions(member)}>
          <Avatar name={member} size={34} />
          <span className={styles.who}>{member}</span>
          <small>
            {[isMe && details.you, details.roles[role], isSilenced && details.silenced]
              .filter(Boolean)
              .join(' · ')}
          </small>
          {!isMe && <Icon name="more" size={18} />}
        </summary>
        {!isMe && (
          <div className={styles.menu}>
            <button type="button" onClick={() => attempt(() => writeTo(member))}>
              {details.write}
            </button>
            {mine === 'Owner' && (
              <button
                type="button"
                onClick={() =>
                  attempt(() => group.setRole(member, role === 'Manager' ? 'Member' : 'Manager'))
                }
              >
                {role === 'Manager' ? details.demote : details.promote}
              </button>
            )}
            {mayManage && (
              <button
                type="button"
                onClick={() =>
                  attempt(() => (isSilenced ? group.unsilence([member]) : group.silence([member])))
                }
              >
                {isSilenced ? details.unsilence : details.silence}
              </button>
            )}
            {mayManage && (
              <button
                type="button"
                className={styles.danger}
                onClick={() => attempt(() => group.remove([member]))}
              >
                {details.remove}
              </button>
            )}
          </div>
        )}
      </details>
    </li>
  );
}
