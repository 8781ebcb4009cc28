import { render } from "preact";

class TongxiChat extends HTMLElement {
  connectedCallback(): void {
    render(<section />, this.attachShadow({ mode: "open" }));
  }
}

customElements.define("tongxi-chat", TongxiChat);
