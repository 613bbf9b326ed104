// HubSpot's own client against the stand-in: node hubspot.mjs URL TOKEN JSON
//
// JSON has what the client refreshes tokens with, and a signature to look at. The Rust test that starts this has set
// the faults that are waited for here.

import { Client, Signature } from '@hubspot/api-client'
import { refused, run, same } from './expect.mjs'

const [basePath, accessToken, json] = process.argv.slice(2)
const { oauth, signed } = JSON.parse(json)
const client = new Client({ basePath, accessToken })

const { deals, companies, contacts } = client.crm
const names = (page) => page.results.map((record) => record.properties.dealname)
const filter = (propertyName, operator, more) => ({ propertyName, operator, ...more })
const search = (filters, more) => deals.searchApi.doSearch({ filterGroups: [{ filters }], limit: 100, ...more })

await run([
  async function pages() {
    const first = await deals.basicApi.getPage(10, undefined, ['dealname', 'amount'])
    same('records of a page', first.results.length, 10)
    same('a record', first.results[3].properties.amount, '3000')
    same('dates are dates', first.results[0].createdAt instanceof Date, true)
    const second = await deals.basicApi.getPage(10, first.paging.next.after, ['dealname'])
    same('the second page', names(second)[0], 'Deal 10')
    const all = await deals.getAll(10, undefined, ['dealname'])
    same('all pages', new Set(all.map((record) => record.id)).size, 25)
    const error = await refused('too long a page', deals.basicApi.getPage(101))
    same('its error', [error.code, error.body.category], [400, 'VALIDATION_ERROR'])
  },

  async function searches() {
    const count = async (...filters) => (await search(filters)).total
    same('EQ', await count(filter('dealname', 'EQ', { value: 'deal 7' })), 1)
    same('NEQ', await count(filter('dealstage', 'NEQ', { value: 'won' })), 17)
    same('IN', await count(filter('dealstage', 'IN', { values: ['won', 'lost'] })), 16)
    same('IN, in capitals', await count(filter('dealname', 'IN', { values: ['Deal 7'] })), 0)
    same('NOT_IN', await count(filter('dealstage', 'NOT_IN', { values: ['won', 'lost'] })), 9)
    same('GT', await count(filter('amount', 'GT', { value: '9000' })), 15)
    same('GTE', await count(filter('amount', 'GTE', { value: '9000' })), 16)
    same('LT and LTE', await count(filter('amount', 'LT', { value: '3000' }), filter('amount', 'LTE', { value: '1000' })), 2)
    same('BETWEEN', await count(filter('amount', 'BETWEEN', { value: '2000', highValue: '4000' })), 3)
    const day = String(Date.UTC(2026, 9, 5))
    same('GTE of an instant', await count(filter('signed_at', 'GTE', { value: day })), 21)
    same('EQ of a day', await count(filter('closedate', 'EQ', { value: '2026-10-01' })), 25)
    same('HAS_PROPERTY', await count(filter('registration_key', 'HAS_PROPERTY')), 1)
    same('NOT_HAS_PROPERTY', await count(filter('registration_key', 'NOT_HAS_PROPERTY')), 24)
    same('CONTAINS_TOKEN', await count(filter('dealname', 'CONTAINS_TOKEN', { value: '2*' })), 6)
  },

  async function searchPages() {
    const wish = { sorts: ['-amount'], limit: 10, properties: ['dealname'] }
    const of = (value) => filter('partner_id', 'EQ', { value })
    const groups = [{ filters: [of('p-001')] }, { filters: [of('p-002'), filter('renewal', 'EQ', { value: 'true' })] }]
    const found = []
    let after
    do {
      const page = await deals.searchApi.doSearch({ ...wish, filterGroups: groups, after })
      same('the total on each page', page.total, 13)
      found.push(...names(page))
      after = page.paging?.next?.after
    } while (after)
    same('by amount', found.slice(0, 3), ['Deal 24', 'Deal 22', 'Deal 21'])
    same('all pages', found.length, 13)
  },

  async function searchRefuses() {
    const unknown = await refused('an unknown property', search([filter('colour', 'EQ', { value: 'red' })]))
    same('its error', [unknown.code, unknown.body.errors[0].code], [400, 'PROPERTY_DOESNT_EXIST'])
    const far = await refused('the result after 10,000', search([], { after: '10000' }))
    same('its status', far.code, 400)
    const seven = Array.from({ length: 7 }, () => filter('amount', 'HAS_PROPERTY'))
    same('seven filters', (await refused('seven filters', search(seven))).code, 400)
    const groups = Array.from({ length: 6 }, () => ({ filters: [filter('amount', 'HAS_PROPERTY')] }))
    const six = await refused('six groups', deals.searchApi.doSearch({ filterGroups: groups }))
    same('six groups', six.code, 400)
  },

  async function writes() {
    const company = (await companies.basicApi.getPage()).results[0]
    const made = await deals.basicApi.create({
      properties: { dealname: 'Registered', amount: '2480.5', registration_key: 'key-1', dealstage: 'open' },
      associations: [
        { to: { id: company.id }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 341 }] },
      ],
    })
    same('a new record', made.properties.amount, '2480.5')
    const twice = await refused('a second key-1', deals.basicApi.create({ properties: { registration_key: 'key-1' } }))
    same('its error', [twice.code, twice.body.category], [409, 'CONFLICT'])
    const wrong = await refused('a wrong option', deals.basicApi.update(made.id, { properties: { dealstage: 'soon' } }))
    same('its error', [wrong.code, wrong.body.errors[0].code], [400, 'INVALID_OPTION'])
    await deals.basicApi.update('key-1', { properties: { amount: '2480.50' } }, 'registration_key')
    const read = await deals.basicApi.getById(
      'key-1', ['amount', 'closedate'], ['amount'], ['companies'], false, 'registration_key',
    )
    same('a value', read.properties.amount, '2480.50')
    same('no value', read.properties.closedate, null)
    same('values before', read.propertiesWithHistory.amount.map((one) => one.value), ['2480.50', '2480.5'])
    same('its company', { ...read.associations.companies.results[0] }, { id: company.id, type: 'deal_to_company' })
    const gone = await deals.basicApi.create({ properties: { dealname: 'Withdrawn' } })
    await deals.basicApi.archive(gone.id)
    const missing = await refused('an archived record', deals.basicApi.getById(gone.id))
    same('its error', [missing.code, missing.body.category], [404, 'OBJECT_NOT_FOUND'])
    same('archived', (await deals.basicApi.getById(gone.id, [], [], [], true)).archived, true)
  },

  async function batches() {
    const inputs = ['one@acme.example', 'two@acme.example'].map((email) => ({ properties: { email }, associations: [] }))
    const made = await contacts.batchApi.create({ inputs })
    same('made', [made.status, made.results.length], ['COMPLETE', 2])
    const changed = await contacts.batchApi.update({
      inputs: made.results.map(({ id }) => ({ id, properties: { firstname: 'Ada' } })),
    })
    same('changed', changed.results.map((one) => one.properties.firstname), ['Ada', 'Ada'])
    const upsert = (id, firstname) => ({ id, idProperty: 'email', properties: { firstname } })
    const both = await contacts.batchApi.upsert({
      inputs: [upsert('two@acme.example', 'Bea'), upsert('three@acme.example', 'Cy')],
    })
    same('new or not', both.results.map((one) => one._new), [false, true])
    const read = await contacts.batchApi.read({
      inputs: [{ id: 'two@acme.example' }, { id: 'nobody@acme.example' }],
      properties: ['firstname'], propertiesWithHistory: ['firstname'], idProperty: 'email',
    })
    same('read', read.results.map((one) => one.properties.firstname), ['Bea'])
    same('before', read.results[0].propertiesWithHistory.firstname.map((one) => one.value), ['Bea', 'Ada'])
    same('missing', [read.numErrors, read.errors[0].category], [1, 'OBJECT_NOT_FOUND'])
  },

  async function associations() {
    const { basicApi, batchApi } = client.crm.associations.v4
    const company = (await companies.basicApi.create({ properties: { name: 'Second' } })).id
    const [first, second] = (await deals.basicApi.getPage(2)).results.map((deal) => deal.id)
    await basicApi.createDefault('deals', second, 'companies', company)
    const found = await basicApi.getPage('deals', second, 'companies')
    same('the company', found.results[0].toObjectId, company)
    same('its types', found.results[0].associationTypes.map((one) => [one.typeId, one.label]), [[341, null], [5, 'Primary']])
    const back = await basicApi.getPage('companies', company, 'deals')
    same('and back', back.results.map((one) => one.toObjectId), [second])
    const both = await batchApi.getPage('deals', 'companies', { inputs: [{ id: first }, { id: second }] })
    same('of two deals', both.results.map((one) => one._from.id), [first, second])
    const none = await batchApi.getPage('contacts', 'companies', { inputs: [{ id: '1' }] })
    same('of none', [none.results.length, none.numErrors], [0, 1])
    await batchApi.createDefault('deals', 'companies', { inputs: [{ _from: { id: first }, to: { id: company } }] })
    same('of two', (await basicApi.getPage('companies', company, 'deals')).results.length, 2)
    await basicApi.archive('deals', second, 'companies', company)
    same('taken back', (await basicApi.getPage('deals', second, 'companies')).results.length, 0)
    await companies.basicApi.archive(company)
    same('without an archived one', (await basicApi.getPage('deals', first, 'companies')).results.length, 1)
    const third = (await companies.basicApi.create({ properties: { name: 'Third' } })).id
    const spec = [{ associationCategory: 'USER_DEFINED', associationTypeId: 11 }]
    const labelled = await basicApi.create('deals', second, 'companies', third, spec)
    same('with a label', labelled.toObjectId, third)
  },

  async function descriptions() {
    const { results } = await client.crm.properties.coreApi.getAll('deals')
    const of = (name) => results.find((property) => property.name === name)
    same('a number', of('amount').type, 'number')
    same('unique', of('registration_key').hasUniqueValue, true)
    same('options', of('dealstage').options.map((option) => option.value), ['open', 'won', 'lost'])
    same('one of them', (await client.crm.properties.coreApi.getByName('deals', 'closedate')).type, 'date')
    const pipelines = await client.crm.pipelines.pipelinesApi.getAll('deals')
    same('stages', pipelines.results[0].stages.map((stage) => stage.metadata.isClosed), ['false', 'true', 'true'])
    const owners = await client.crm.owners.ownersApi.getPage(undefined, undefined, 1)
    same('an owner', owners.results[0].email, 'manager@vendor.example')
    const more = await client.crm.owners.ownersApi.getPage(undefined, owners.paging.next.after, 1)
    same('the next owner', more.results[0].email, 'second@vendor.example')
    same('by number', (await client.crm.owners.ownersApi.getById(77)).firstName, 'Mona')
  },

  async function customObjects() {
    const { results } = await client.crm.schemas.coreApi.getAll()
    const { objectTypeId, fullyQualifiedName } = results[0]
    same('a schema', [results.length, results[0].name], [1, 'commissions'])
    for (const name of [objectTypeId, fullyQualifiedName, 'commissions']) {
      const page = await client.crm.objects.basicApi.getPage(name, 10, undefined, ['amount'])
      same(name, page.results[0].properties.amount, '1240.50')
    }
    const error = await refused('an unknown object', client.crm.objects.basicApi.getPage('2-9999'))
    same('its status', error.code, 400)
    same('what it needs', (await client.crm.schemas.coreApi.getById('commissions')).requiredProperties, ['amount'])
  },

  // As a record of ours is made: looked for by a property with unique values, made, and changed by its own id.
  async function writesOnce() {
    const { objects } = client.crm
    const look = async (id) => {
      const wish = { inputs: [{ id }], properties: ['key', 'partner_id'], propertiesWithHistory: [] }
      return objects.batchApi.read('commissions', { ...wish, idProperty: 'key' })
    }
    const none = await look('c-1')
    same('not there', [none.results.length, none.errors[0].category], [0, 'OBJECT_NOT_FOUND'])
    const properties = { key: 'c-1', partner_id: 'p-001', amount: '12.50' }
    const made = await objects.basicApi.create('commissions', { properties, associations: [] })
    same('there', (await look('c-1')).results.map((one) => [one.id, one.properties.partner_id]), [[made.id, 'p-001']])
    const twice = await refused('a second c-1', objects.basicApi.create('commissions', { properties, associations: [] }))
    same('its error', [twice.code, twice.body.category], [409, 'CONFLICT'])
    const changed = await objects.basicApi.update('commissions', made.id, { properties: { amount: '13' } })
    same('changed', changed.properties.amount, '13')
    const bare = await refused('no amount', objects.basicApi.create('commissions', { properties: { key: 'c-2' }, associations: [] }))
    same('its error', [bare.code, bare.body.category], [400, 'VALIDATION_ERROR'])
    const loose = { inputs: [{ id: 'p-001' }], properties: [], propertiesWithHistory: [], idProperty: 'partner_id' }
    same('not unique', (await refused('it', objects.batchApi.read('commissions', loose))).code, 400)
    const property = (name) => client.crm.properties.coreApi.getByName('commissions', name)
    same('is it unique', (await property('key')).hasUniqueValue, true)
    same('is it ours to write', (await property('hs_object_id')).modificationMetadata.readOnlyValue, true)
    await objects.basicApi.archive('commissions', made.id)
  },

  async function refusals() {
    const limit = await refused('a burst', client.crm.properties.coreApi.getAll('tickets'))
    same('its error', [limit.code, limit.body.category], [429, 'RATE_LIMITS'])
    same('how long to wait', limit.headers['retry-after'], '10')
    const scope = await refused('without a scope', client.crm.tickets.basicApi.create({ properties: { subject: 'x' } }))
    same('its error', [scope.code, scope.body.category], [403, 'MISSING_SCOPES'])
    const page = await deals.basicApi.getPageWithHttpInfo(1)
    same('what is left', Number(page.headers['x-hubspot-ratelimit-remaining']) > 0, true)
  },

  async function tokens() {
    const stranger = new Client({ basePath, accessToken: 'pat-na1-of-somebody' })
    const unknown = await refused('a strange token', stranger.crm.deals.basicApi.getPage(1))
    same('its error', [unknown.code, unknown.body.category], [401, 'INVALID_AUTHENTICATION'])
    const [id, secret, refresh] = oauth
    const app = new Client({ basePath })
    const renew = (token) => app.oauth.tokensApi.create('refresh_token', undefined, undefined, id, secret, token)
    await refused('a strange refresh token', renew('of-somebody'))
    const { accessToken, expiresIn } = await renew(refresh)
    app.setAccessToken(accessToken)
    same('with a new token', (await app.crm.deals.basicApi.getPage(1)).results.length, 1)
    await new Promise((done) => setTimeout(done, expiresIn * 1000 + 50))
    const late = await refused('an expired token', app.crm.deals.basicApi.getPage(1))
    same('its error', [late.code, late.body.category], [401, 'EXPIRED_AUTHENTICATION'])
    app.setAccessToken((await renew(refresh)).accessToken)
    same('with the next token', (await app.crm.deals.basicApi.getPage(1)).results.length, 1)
  },

  async function signatures() {
    same('a signature', Signature.isValid({ method: 'POST', signatureVersion: 'v3', ...signed }), true)
  },

  // Last: the client has one setting for all of its instances.
  async function retries() {
    const { tickets } = new Client({ basePath, accessToken, numberOfApiCallRetries: 4 }).crm
    const started = Date.now()
    same('a search after a limit', (await tickets.searchApi.doSearch({ filterGroups: [] })).total, 1)
    same('it has waited', Date.now() - started >= 1000, true)
    const read = await tickets.batchApi.read({ inputs: [], properties: [], propertiesWithHistory: [] })
    same('a read after two 503', read.status, 'COMPLETE')
  },

])
