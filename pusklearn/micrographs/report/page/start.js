// Everything begins here.

document.documentElement.classList.remove("no-script");
recallMarks();
startCut();
startTable();
startMontage();
startViewer();
tellMarks();
byId("undo").addEventListener("click", undo);
byId("save").addEventListener("click", saveMarks);
byId("clear").addEventListener("click", () => replaceMarks(new Map()));
byId("load").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file) loadMarks(await file.text());
  event.target.value = "";
});
