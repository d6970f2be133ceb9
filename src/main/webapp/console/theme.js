// Before the first paint, so that nothing flashes. A choice is kept in this browser; without one the system's holds.
(function () {
  let chosen = null;
  try {
    chosen = localStorage.getItem('tollgate.theme');
  } catch (e) {
    // Storage can be forbidden.
  }
  if (chosen === 'light' || chosen === 'dark') {
    document.documentElement.dataset.theme = chosen;
  }
})();
