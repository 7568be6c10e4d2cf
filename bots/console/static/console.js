// Where return.js finds the way back.
localStorage.setItem("session", new URL("./", location.href).pathname);

// What htmx cannot say without eval: keys that send, and a word when the connection is gone.
addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("textarea")) return;
  const plain = event.target.matches("[data-enter-sends]") && !event.shiftKey;
  if (!plain && !event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
for (const [name, lost] of [["htmx:sseError", true], ["htmx:sendError", true], ["htmx:sseOpen", false]]) {
  addEventListener(name, () => document.body.classList.toggle("lost", lost));
}

// A refresh is not shown while a button is pressed, since redrawn before its release it is not clicked, nor
// where an act was under way meanwhile, whose answer must find the page as it was. It is asked for again.
const held = new Map();
let pressed = false;
let acting = 0;
let acts = 0;
addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.requestConfig.elt.matches("[data-act]")) acting += 1;
  detail.requestConfig.acts = acts;
});
addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { elt, triggeringEvent, acts: before } = detail.requestConfig;
  if (!elt.matches("[hx-trigger^='sse:'], [hx-trigger^='every ']")) return;
  if (!pressed && !acting && before === acts) return;
  detail.shouldSwap = false;
  if (triggeringEvent) held.set(elt, triggeringEvent.type);
  askAgain();
});
addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!detail.requestConfig.elt.matches("[data-act]")) return;
  acting -= 1;
  acts += 1;
  askAgain();
});
const askAgain = () => setTimeout(() => {  // after the click that a release becomes
  if (pressed || acting) return;
  for (const [elt, name] of held) htmx.trigger(elt, name);
  held.clear();
});
const press = (event) => { pressed = event.target.closest("button, a, summary") !== null; };
const release = () => {
  pressed = false;
  askAgain();
};
addEventListener("pointerdown", press, true);
addEventListener("keydown", (event) => { if (event.key === " ") press(event); }, true);
for (const name of ["pointerup", "pointercancel", "keyup", "blur"]) addEventListener(name, release);
