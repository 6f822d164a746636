import { AntennaEventKind, ConnectionAttempt, ROSpecEventKind, statusName } from './codec/enumerations.ts';
import type { AnyMessage } from './codec/message.ts';
import { type AnyParameter, findParameter } from './codec/parameter.ts';

/** What a reader tells without being asked, as far as a driver has to act on it. */
export type ReaderNews =
  | { kind: 'input'; port: number; on: boolean }
  | { kind: 'antenna'; antenna: number; connected: boolean }
  | { kind: 'rospec_ended'; roSpecId: number }
  | { kind: 'reports_lost' }
  | { kind: 'reports_delayed'; percentFull: number }
  | { kind: 'exception'; detail: string }
  | { kind: 'other_client' }
  | { kind: 'closing' };

/** Reads the news out of a READER_EVENT_NOTIFICATION or an ERROR_MESSAGE; other messages hold none. */
export function readerNews(message: AnyMessage): ReaderNews[] {
  if (message.name === 'ErrorMessage') {
    const status = findParameter(message.parameters, 'LLRPStatus')?.fields;
    const code = status === undefined ? 'no status' : statusName(status.Status);
    return [{ kind: 'exception', detail: `${code} ${status?.ErrorDescription ?? ''}`.trim() }];
  }
  if (message.name !== 'ReaderEventNotification') return [];
  const data = findParameter(message.parameters, 'ReaderEventNotificationData');
  return (data?.parameters ?? []).flatMap(newsOf);
}

function newsOf(event: AnyParameter): ReaderNews[] {
  switch (event.name) {
    case 'GPIEvent':
      return [{ kind: 'input', port: event.fields.Port, on: event.fields.Event }];
    case 'AntennaEvent': {
      const connected = event.fields.Event === AntennaEventKind.connected;
      return [{ kind: 'antenna', antenna: event.fields.AntennaID, connected }];
    }
    case 'ROSpecEvent':
      if (event.fields.Event !== ROSpecEventKind.ended) return [];
      return [{ kind: 'rospec_ended', roSpecId: event.fields.ROSpecID }];
    case 'ReportBufferOverflowErrorEvent':
      return [{ kind: 'reports_lost' }];
    case 'ReportBufferLevelWarningEvent':
      return [{ kind: 'reports_delayed', percentFull: event.fields.PercentFull }];
    case 'ReaderExceptionEvent':
      return [{ kind: 'exception', detail: event.fields.Message }];
    case 'ConnectionAttemptEvent':
      return event.fields.Event === ConnectionAttempt.attemptedAgain ? [{ kind: 'other_client' }] : [];
    case 'ConnectionCloseEvent':
      return [{ kind: 'closing' }];
    default:
      return [];
  }
}
