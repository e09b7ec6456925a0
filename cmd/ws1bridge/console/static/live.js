// Says how many pushes came since the page was made. Without it, the page is as it was.
for (const note of document.querySelectorAll("[data-live]")) {
  const stream = new EventSource(note.dataset.live);
  stream.onmessage = (event) => {
    note.querySelector("span").textContent = event.data;
    note.hidden = event.data === "0";
  };
}
