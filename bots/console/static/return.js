// Offers the way back to the session that this browser has open. Its address is kept here, and not in a cookie:
// a browser shows what a page keeps to no other port of the machine.
const path = localStorage.getItem("session");
const offer = document.querySelector("[data-return]");
if (path && location.pathname.startsWith(path)) {
  localStorage.removeItem("session"); // it has ended
} else if (path && offer) {
  offer.querySelector("a").href = path;
  offer.hidden = false;
}
