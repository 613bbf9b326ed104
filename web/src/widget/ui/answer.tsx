/** One answer: how it is coming along, its words, then everything that backs it or follows from it. */
import type { Exchange } from '../conversation';
import { isOpen } from '../answer';
import type { UiProps } from './ui';
import { Chips } from './chips';
import { ConfirmationCard } from './confirmation';
import { DeclinedCard } from './declined';
import { Feedback } from './feedback';
import { Prose } from './prose';
import { RecordsTable } from './records';
import { Sources } from './sources';
import { StatementLinks } from './statement';
import { Steps } from './steps';
import { TroubleNote } from './trouble';

interface Props extends UiProps {
  exchange: Exchange;
  last: boolean;
}

export function AnswerView({ ui, exchange, last }: Props) {
  const { words, conversation } = ui;
  const { answer } = exchange;
  const coming = isOpen(answer);
  const complete = answer.phase === 'done';
  return (
    <div class="answer" part="answer" aria-busy={coming} data-declined={answer.declined ? '' : undefined}>
      {answer.phase === 'waiting' && <Steps ui={ui} steps={answer.steps} />}
      <Prose ui={ui} answer={answer} />
      {answer.declined && <DeclinedCard ui={ui} question={exchange.question} declined={answer.declined} />}
      {answer.tables.map((table) => [
        <RecordsTable ui={ui} table={table} />,
        table.statement && <StatementLinks ui={ui} name={table.statement.name} />,
      ])}
      {answer.confirmations.map((one) => (
        <ConfirmationCard key={one.id} ui={ui} confirmation={one} />
      ))}
      {!coming && answer.sources.length > 0 && <Sources ui={ui} sources={answer.sources} />}
      {answer.phase === 'stopped' && <p class="note">{words.stopped}</p>}
      {answer.phase === 'failed' && (
        <TroubleNote ui={ui} answer={answer} retry={last ? () => void conversation.retry(exchange) : undefined} />
      )}
      {complete && answer.id !== '' && <Feedback ui={ui} answer={answer.id} />}
      {complete && last && answer.suggestions.length > 0 && <Chips ui={ui} questions={answer.suggestions} />}
    </div>
  );
}
