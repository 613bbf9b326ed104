// The portal's side of the widget: a token for whoever is signed in, and a fresh start when that changes.
// A real portal knows its partner from its own session; here a select stands in for the sign-in.
'use strict'

const chat = document.querySelector('liaison-chat')
const select = document.querySelector('#partner')
const notice = document.querySelector('#notice')
let partners = []

chat.getToken = async () => {
  const response = await fetch('/portal/token?partner=' + encodeURIComponent(select.value))
  if (!response.ok) throw new Error('no token: ' + response.status)
  return (await response.json()).token
}

// 'gold' is 'Gold' to a reader.
const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1)

function greet() {
  const partner = partners.find((one) => one.id === select.value)
  if (!partner) return
  document.querySelector('#welcome').textContent = 'Welcome, ' + partner.name
  document.querySelector('#standing').textContent =
    [capital(partner.tier), capital(partner.type), partner.region.toUpperCase()].join(' · ')
}

async function load() {
  const response = await fetch('/portal/partners')
  if (!response.ok) throw new Error('no partners: ' + response.status)
  partners = await response.json()
  select.replaceChildren(
    ...partners.map((partner) => new Option(partner.name + ' (' + capital(partner.tier) + ')', partner.id)),
  )
  select.disabled = false
  greet()
}

select.addEventListener('change', () => {
  chat.reset()
  greet()
})

for (const button of document.querySelectorAll('[data-ask]')) {
  button.addEventListener('click', () => chat.ask(button.dataset.ask))
}

load().catch(() => {
  notice.textContent = 'The sample partners could not be loaded. Is the service running in demo mode?'
  notice.hidden = false
})
