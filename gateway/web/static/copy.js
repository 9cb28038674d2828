"use strict";
// The copy buttons: without this file they stay hidden and the text can be selected.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.parentElement.querySelector("[role=status]").textContent = button.dataset.done;
    } catch {
      getSelection().selectAllChildren(source);
    }
  });
}
