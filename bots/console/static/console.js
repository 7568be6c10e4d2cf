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
