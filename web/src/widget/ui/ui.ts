/** What every part of the widget's interface is given. */
import type { Words } from '../../i18n';
import type { Conversation, State } from '../conversation';

export interface Ui {
  words: Words;
  language: string;
  conversation: Conversation;
  state: State;
}

export interface UiProps {
  ui: Ui;
}
