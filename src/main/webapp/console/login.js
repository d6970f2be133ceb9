// Signs in, and goes on to the page that was asked for: browsers keep its fragment through the redirect to here.
const form = document.getElementById('sign-in');
const failure = document.getElementById('failure');
const submit = document.getElementById('submit');

function goOn() {
  location.replace('../' + location.hash);
}

function fail(text) {
  failure.textContent = text;
  failure.hidden = false;
}

// Only where the browser cannot say that it opens the console's page, which then would be told: on plain HTTP.
async function keepToken(answer) {
  if (isSecureContext) {
    return;
  }
  try {
    sessionStorage.setItem('tollgate.token', (await answer.json()).token);
  } catch (e) {
    // Storage can be forbidden; the console can then look and change nothing.
  }
}

// The cookie does not come along when another site leads here; from this page it does.
fetch('session', { headers: { 'X-Tollgate-Console': '1' } }).then((answer) => answer.ok && goOn(), () => {});

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  failure.hidden = true;
  submit.disabled = true;
  try {
    const answer = await fetch('session', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Tollgate-Console': '1' },
      body: JSON.stringify({ user: form.user.value, password: form.password.value }),
    });
    if (answer.ok) {
      await keepToken(answer);
      goOn();
      return;
    }
    const problem = await answer.json().catch(() => ({}));
    fail(problem.detail || 'The server refused with status ' + answer.status + '.');
    form.password.select();
  } catch (e) {
    fail('The server does not answer. Is it running?');
  } finally {
    submit.disabled = false;
  }
});
