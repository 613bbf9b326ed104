/** The entry of `widget.js`: notes where the script came from and registers the element, once per page. */
import { LiaisonChat } from './element';

// Readable only while the script first runs: the service that served it is the default endpoint.
const script = document.currentScript as HTMLScriptElement | null;
LiaisonChat.home = new URL(script?.src || location.href).origin;

if (!customElements.get('liaison-chat')) customElements.define('liaison-chat', LiaisonChat);
