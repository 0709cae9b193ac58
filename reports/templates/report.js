(function () {
  document.querySelectorAll(".replay button").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var code = button.parentNode.querySelector("code");
      var done = function () { button.textContent = "Copied"; };
      var chosen = function () { getSelection().selectAllChildren(code); button.textContent = "Selected"; };
      if (navigator.clipboard) { navigator.clipboard.writeText(code.textContent).then(done, chosen); } else { chosen(); }
    });
  });
  if (matchMedia("(max-width: 640px)").matches) {
    document.querySelectorAll(".card .as-table").forEach(function (one) { one.open = true; });
  }
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll(".card details").forEach(function (one) { one.open = true; });
  });
}());
