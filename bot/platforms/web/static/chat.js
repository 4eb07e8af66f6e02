// The chat without leaving the page. Everything works without this file: the form is then sent by the browser.
const form = document.getElementById("ask");
const buttons = document.getElementById("take");
const field = document.getElementById("question");
const file = document.getElementById("file");
const log = document.getElementById("log");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// One question after the other, in the order they were asked.
let before = Promise.resolve();

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const asked = field.value.trim();
  const list = file.files[0];
  if (!asked && !list) return;
  field.value = "";
  file.value = "";
  send(list ? { q: asked, file: list } : { q: asked }, asked || list.name, asked);
});

buttons.addEventListener("submit", (event) => {
  event.preventDefault();
  const pressed = event.submitter;
  send({ [pressed.name]: pressed.value }, pressed.textContent, "");
});

function send(what, words, asked) {
  const conversation = form.elements.conversation.value;
  const sent = new FormData();
  for (const [name, value] of Object.entries({ ...what, conversation, update: unique() })) sent.append(name, value);
  const linked = document.querySelectorAll("input[name=linked]");
  if (linked.length) sent.set("linked", linked[0].value);
  for (const one of linked) one.remove();
  // An example goes with the others as soon as one is taken, and the focus must not go with it.
  if (document.activeElement?.closest(".examples")) log.focus({ preventScroll: true });
  const waiting = wait(words);
  before = before.then(() => say(sent, waiting, asked));
}

// Of this sending: one that arrives twice is written once.
function unique() {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (n) => n.toString(16).padStart(8, "0")).join("");
}

function wait(words) {
  document.body.classList.add("asked");
  for (const part of document.querySelectorAll(".examples, .sample")) part.remove();
  const turn = document.createElement("article");
  turn.className = "turn";
  const said = document.createElement("p");
  said.className = "said";
  said.textContent = words;
  const note = document.createElement("p");
  note.className = "waiting";
  note.textContent = form.dataset.waiting;
  turn.append(said, note);
  log.setAttribute("aria-busy", "true");
  log.append(turn);
  show(turn);
  return turn;
}

async function say(sent, waiting, asked) {
  try {
    const response = await fetch(form.dataset.say, { method: "POST", body: sent });
    if (response.ok) {
      const made = document.createElement("template");
      made.innerHTML = await response.text();
      const turn = made.content.firstElementChild;
      waiting.replaceWith(turn);
      show(turn);
    } else {
      failed(waiting, (await response.json()).detail, asked);
    }
  } catch {
    failed(waiting, form.dataset.failed, asked);
  } finally {
    log.setAttribute("aria-busy", "false");
  }
}

function failed(waiting, words, asked) {
  const note = waiting.querySelector(".waiting");
  note.className = "answer apology";
  note.textContent = words;
  // What was typed is not lost, unless something else is being typed by now.
  if (asked && !field.value) field.value = asked;
  show(waiting);
}

function show(turn) {
  turn.scrollIntoView({ block: "start", behavior: calm.matches ? "auto" : "smooth" });
}
