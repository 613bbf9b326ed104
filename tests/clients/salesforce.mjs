// jsforce against the stand-in: node salesforce.mjs URL TOKEN JSON
//
// JSON has what signs in: client id and secret, user and private key. The Rust test that starts this has set the faults
// that are waited for here, and pages of ten records.

import { createSign } from 'node:crypto'
import jsforce from 'jsforce'
import { refused, run, same } from './expect.mjs'

const [instanceUrl, accessToken, json] = process.argv.slice(2)
const { client, secret, user, key } = JSON.parse(json)
const version = '60.0'
const connection = new jsforce.Connection({ instanceUrl, accessToken, version })
const count = async (where) => (await connection.query(`SELECT COUNT() FROM Opportunity WHERE ${where}`)).totalSize

function assertion(change = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const exp = Math.floor(Date.now() / 1000) + 120
  const claims = { iss: client, sub: user, aud: 'https://login.salesforce.com', exp, ...change }
  const words = `${part({ alg: 'RS256' })}.${part(claims)}`
  return `${words}.${createSign('RSA-SHA256').update(words).sign(key, 'base64url')}`
}

const bearer = (change) => ({
  grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
  assertion: assertion(change),
})

await run([
  async function queries() {
    const { records, totalSize, done } = await connection.query(
      "SELECT Id, Name, Amount, Partner__r.Name, Partner__r.Tier__c, Account.Name FROM Opportunity WHERE Name = 'deal 1'",
    )
    same('found', [totalSize, done, records[0].Amount], [1, true, 1000.5])
    same('of its partner', records[0].Partner__r.Name, "O'Brien & Söhne")
    same('of no account', records[0].Account, null)
    same('attributes', records[0].attributes.type, 'Opportunity')
    same('its id', records[0].Id.length, 18)
  },

  async function conditions() {
    same('a number', await count('Amount >= 10005'), 15)
    same('and', await count("Amount < 5000 AND StageName = 'Closed Won'"), 2)
    same('or', await count("(StageName = 'Closed Won' OR StageName = 'Closed Lost') AND IsClosed = true"), 16)
    same('not', await count("NOT StageName = 'Closed Won'"), 17)
    same('in', await count("StageName IN ('Closed Won', 'Prospecting')"), 17)
    same('not in', await count("StageName NOT IN ('Closed Won', 'Prospecting')"), 8)
    same('like', await count("Name LIKE 'deal 1_'"), 10)
    same('like anything', await count("Name LIKE '%2%'"), 7)
    same('nothing', await count('AccountId = null'), 25)
    same('a day', await count('CloseDate = 2026-10-01'), 25)
    same('an instant', await count('Signed_At__c > 2026-10-20T08:30:00Z'), 5)
    same('with an offset', await count('Signed_At__c <= 2026-10-20T10:30:00+02:00'), 20)
    same('days from today', await count('CreatedDate = LAST_N_DAYS:7'), 25)
    same('a quote', await count("Partner__r.Name = 'O\\'Brien & Söhne'"), 12)
    same('unequal has those without', await count("Registration_Key__c != 'x'"), 25)
  },

  async function order() {
    const top = await connection.query('SELECT Name FROM Opportunity ORDER BY Amount DESC, Name ASC LIMIT 2 OFFSET 1')
    same('by amount', top.records.map((record) => record.Name), ['Deal 23', 'Deal 22'])
    const found = await connection.sobject('Opportunity')
      .find({ StageName: 'Closed Won', Amount: { $gt: 10000 } }, ['Id', 'Name', 'Amount'])
      .sort({ Amount: -1 })
      .limit(2)
    same('as jsforce words it', found.map((record) => record.Name), ['Deal 22', 'Deal 19'])
  },

  async function pages() {
    const first = await connection.query('SELECT Id FROM Opportunity ORDER BY Name')
    same('a page', [first.records.length, first.totalSize, first.done], [10, 25, false])
    const second = await connection.queryMore(first.nextRecordsUrl)
    const third = await connection.queryMore(second.nextRecordsUrl)
    same('the last', [third.records.length, third.done], [5, true])
    const all = await connection.query('SELECT Id FROM Opportunity', { autoFetch: true, maxFetch: 1000 })
    same('all', new Set(all.records.map((record) => record.Id)).size, 25)
    const lost = await refused('a strange locator', connection.queryMore('0r8000000000000AAA-10'))
    same('its error', lost.errorCode, 'INVALID_QUERY_LOCATOR')
  },

  async function wrongQueries() {
    const error = async (soql) => (await refused(soql, connection.query(soql))).errorCode
    same('a field', await error('SELECT Colour__c FROM Opportunity'), 'INVALID_FIELD')
    same('a relationship', await error('SELECT Owner__r.Name FROM Opportunity'), 'INVALID_FIELD')
    same('an object', await error('SELECT Id FROM Opportunities'), 'INVALID_TYPE')
    same('a type', await error("SELECT Id FROM Opportunity WHERE Amount > '5'"), 'INVALID_FIELD')
    same('an id', await error("SELECT Id FROM Opportunity WHERE Partner__c = 'p-001'"), 'INVALID_QUERY_FILTER_OPERATOR')
    same('words', await error('SELECT Id FROM Opportunity WHERE'), 'MALFORMED_QUERY')
    same('and with or', await error("SELECT Id FROM Account WHERE Name='a' AND Name='b' OR Name='c'"), 'MALFORMED_QUERY')
    same('a quote too many', await error("SELECT Id FROM Account WHERE Name = 'O'Brien'"), 'MALFORMED_QUERY')
    const told = await refused('a field', connection.query('SELECT Colour__c FROM Opportunity'))
    same('where', /ERROR at Row:1:Column:8\nNo such column 'Colour__c' on entity 'Opportunity'/.test(told.message), true)
  },

  async function records() {
    const opportunities = connection.sobject('Opportunity')
    const made = await opportunities.create({ Name: 'New', Amount: 10.25, CloseDate: '2026-12-01' })
    same('made', [made.success, made.id.slice(0, 3)], [true, '006'])
    await opportunities.update({ Id: made.id, StageName: 'Closed Won' })
    const read = await opportunities.retrieve(made.id.slice(0, 15))
    same('read', [read.Amount, read.StageName, read.CloseDate], [10.25, 'Closed Won', '2026-12-01'])
    const wrong = await refused('a stage', opportunities.update({ Id: made.id, StageName: 'Soon' }))
    same('its error', wrong.errorCode, 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST')
    same('its field', wrong.data.fields, ['StageName'])
    const unknown = await refused('a field', opportunities.create({ Colour__c: 'red' }))
    same('its error', unknown.errorCode, 'INVALID_FIELD')
    await opportunities.destroy(made.id)
    same('gone', (await refused('a deleted record', opportunities.retrieve(made.id))).errorCode, 'ENTITY_IS_DELETED')
  },

  // As a record of ours is made: looked for by its external id, inserted under a parent that is named by one, and changed.
  async function writesOnce() {
    const opportunities = connection.sobject('Opportunity')
    const look = async () => (await connection.query("SELECT Id, Partner__r.Partner_Key__c FROM Opportunity WHERE Registration_Key__c = 'key-9'")).records
    same('not there', (await look()).length, 0)
    const record = { Registration_Key__c: 'key-9', Name: 'Ours', Amount: 12.5, Partner__r: { Partner_Key__c: 'p-001' } }
    const made = await opportunities.create(record)
    same('there', (await look()).map((one) => [one.Id, one.Partner__r.Partner_Key__c]), [[made.id, 'p-001']])
    const twice = await refused('a second key-9', opportunities.create(record))
    same('its error', [twice.errorCode, twice.data.fields], ['DUPLICATE_VALUE', []])
    await opportunities.update({ Id: made.id, Amount: 13, Partner__r: { Partner_Key__c: 'p-002' } })
    same('moved', (await look())[0].Partner__r.Partner_Key__c, 'p-002')
    const orphan = await refused('no such partner', opportunities.create({ ...record, Registration_Key__c: 'key-8', Partner__r: { Partner_Key__c: 'p-9' } }))
    same('its error', orphan.errorCode, 'INVALID_FIELD')
    const nameless = await refused('no name', connection.sobject('Account').create({ Partner_Key__c: 'p-8' }))
    same('its error', [nameless.errorCode, nameless.data.fields], ['REQUIRED_FIELD_MISSING', ['Name']])
    await opportunities.destroy(made.id)
  },

  async function upserts() {
    const opportunities = connection.sobject('Opportunity')
    const upsert = (Amount) => opportunities.upsert({ Registration_Key__c: 'key-1', Name: 'Registered', Amount }, 'Registration_Key__c')
    const first = await upsert(5)
    same('made', first.created, true)
    const second = await upsert(6)
    same('changed', [second.created, second.id], [false, first.id])
    const twice = await refused('a second key-1', opportunities.create({ Registration_Key__c: 'key-1' }))
    same('its error', twice.errorCode, 'DUPLICATE_VALUE')
    const many = await opportunities.upsert(
      [{ Registration_Key__c: 'key-1', Amount: 7 }, { Registration_Key__c: 'key-2', Name: 'Other' }],
      'Registration_Key__c',
    )
    same('many', many.map((one) => one.created), [false, true])
    const several = await refused('several', opportunities.upsert({ Legacy_Id__c: 'the same' }, 'Legacy_Id__c'))
    same('its error', several.errorCode, 'MULTIPLE_CHOICES')
  },

  async function collections() {
    const accounts = connection.sobject('Account')
    const made = await accounts.create([{ Name: 'A' }, { Name: 'B' }, { Colour__c: 'red' }])
    same('made', made.map((one) => one.success), [true, true, false])
    same('why not', made[2].errors[0].statusCode, 'INVALID_FIELD')
    const ids = made.slice(0, 2).map((one) => one.id)
    const changed = await accounts.update(ids.map((Id) => ({ Id, Tier__c: 'Gold' })))
    same('changed', changed.every((one) => one.success), true)
    const read = await accounts.retrieve(ids)
    same('read', read.map((one) => one.Tier__c), ['Gold', 'Gold'])
    const none = await connection.update('Account', [{ Id: ids[0], Name: 'X' }, { Id: ids[1], Tier__c: 'Tin' }], { allOrNone: true })
    same('none', none.map((one) => one.errors[0].statusCode), ['ALL_OR_NONE_OPERATION_ROLLED_BACK', 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST'])
    same('as before', (await accounts.retrieve(ids[0])).Name, 'A')
    same('destroyed', (await accounts.destroy(ids)).every((one) => one.success), true)
  },

  async function composites() {
    const base = `/services/data/v${version}/sobjects`
    const part = (method, url, referenceId, body) => ({ method, url: base + url, referenceId, body })
    const send = (allOrNone, ...compositeRequest) => connection.requestPost('/composite', { allOrNone, compositeRequest })
    const both = await send(
      true,
      part('POST', '/Account', 'partner', { Name: 'Composed' }),
      part('POST', '/Opportunity', 'deal', { Name: 'Composed', Partner__c: '@{partner.id}' }),
      part('GET', '/Account/@{partner.id}?fields=Name', 'read'),
    )
    same('statuses', both.compositeResponse.map((one) => one.httpStatusCode), [201, 201, 200])
    same('read', both.compositeResponse[2].body.Name, 'Composed')
    const none = await send(
      true,
      part('POST', '/Account', 'partner', { Name: 'Undone' }),
      part('POST', '/Opportunity', 'deal', { Colour__c: 'red' }),
    )
    same('errors', none.compositeResponse.map((one) => one.body[0].errorCode), ['PROCESSING_HALTED', 'INVALID_FIELD'])
    same('undone', (await connection.query("SELECT COUNT() FROM Account WHERE Name = 'Undone'")).totalSize, 0)
  },

  async function descriptions() {
    const { sobjects } = await connection.describeGlobal()
    same('objects', sobjects.map((one) => one.name), ['Account', 'Opportunity'])
    const { fields } = await connection.describe('Opportunity')
    const of = (name) => fields.find((field) => field.name === name)
    same('a reference', [of('Partner__c').referenceTo, of('Partner__c').relationshipName], [['Account'], 'Partner__r'])
    same('options', of('StageName').picklistValues.length, 3)
    same('an external id', of('Registration_Key__c').externalId, true)
    same('unique or not', [of('Registration_Key__c').unique, of('Legacy_Id__c').unique], [true, false])
    same('ours to write', [of('Id').createable, of('Amount').createable, of('Amount').nillable], [false, true, true])
    const name = (await connection.describe('Account')).fields.find((field) => field.name === 'Name')
    same('required', [name.nillable, name.defaultedOnCreate], [false, false])
  },

  // What has changed since, as it is asked for now and then: both lists, alone and as parts of one request.
  async function replications() {
    const opportunities = connection.sobject('Opportunity')
    const minute = 60_000
    const [start, end] = [new Date(Date.now() - minute), new Date(Date.now() + 2 * minute)]
    const before = await opportunities.updated(start, end)
    same('what was loaded', before.ids.length > 24, true)
    same('its fields', Object.keys(before).sort(), ['ids', 'latestDateCovered'])
    const made = await opportunities.create({ Name: 'Followed' })
    const { ids, latestDateCovered } = await opportunities.updated(start, end)
    same('made', ids.filter((id) => !before.ids.includes(id)), [made.id])
    same('until when', [/\+0000$/.test(latestDateCovered), new Date(latestDateCovered) <= Date.now()], [true, true])
    const none = await opportunities.deleted(start, end)
    same('not deleted', none.deletedRecords.some((one) => one.id === made.id), false)
    await opportunities.destroy(made.id)
    same('no longer changed', (await opportunities.updated(start, end)).ids, before.ids)
    const deleted = await opportunities.deleted(start, end)
    same('its fields', Object.keys(deleted).sort(), ['deletedRecords', 'earliestDateAvailable', 'latestDateCovered'])
    const [one] = deleted.deletedRecords.filter(({ id }) => id === made.id)
    same('deleted', [Object.keys(one).sort(), Math.abs(new Date(one.deletedDate) - Date.now()) < minute], [['deletedDate', 'id'], true])

    const refusals = { later: [end, start], short: [start, start], old: [new Date(Date.now() - 16 * 24 * 60 * minute), end] }
    for (const [what, times] of Object.entries(refusals)) {
      same(what, (await refused(what, opportunities.deleted(...times))).errorCode, 'INVALID_REPLICATION_DATE')
    }
    const between = new URLSearchParams({ start: start.toISOString(), end: end.toISOString() })
    const part = (resource, referenceId) => ({ method: 'GET', url: `/services/data/v${version}/sobjects/${resource}/?${between}`, referenceId })
    const compositeRequest = [part('Account/updated', 'a'), part('Opportunity/deleted', 'b'), part('Nothing__c/updated', 'c')]
    const { compositeResponse } = await connection.requestPost('/composite', { allOrNone: false, compositeRequest })
    same('one by one', compositeResponse.map((one) => [one.referenceId, one.httpStatusCode]), [['a', 200], ['b', 200], ['c', 404]])
    same('the same', compositeResponse[1].body.deletedRecords, deleted.deletedRecords)
  },

  async function refusals() {
    same('limits after two 503', (await connection.limits()).DailyApiRequests.Max, 15000)
    same('what was used', connection.limitInfo.apiUsage.limit, 15000)
    same('a description after a 429', (await connection.describe('Account')).name, 'Account')
    const spent = await refused('a request too many', connection.recent(5))
    same('its error', spent.errorCode, 'REQUEST_LIMIT_EXCEEDED')
    const missing = await refused('no record', connection.sobject('Account').retrieve('001000000000000AAA'))
    same('its error', missing.errorCode, 'NOT_FOUND')
  },

  async function signingIn() {
    const loginUrl = instanceUrl
    const app = new jsforce.Connection({ loginUrl, version, oauth2: { loginUrl, clientId: client, clientSecret: secret } })
    await app.authorize({ grant_type: 'client_credentials' })
    same('signed in', app.instanceUrl, instanceUrl)
    same('and asks', (await app.query('SELECT COUNT() FROM Account')).totalSize >= 2, true)
    const signer = new jsforce.Connection({ loginUrl, version })
    await signer.authorize(bearer())
    same('with an assertion', (await signer.query('SELECT COUNT() FROM Account')).totalSize >= 2, true)
    const error = async (change) => (await refused(JSON.stringify(change), signer.authorize(bearer(change)))).name
    same('somebody', await error({ sub: 'somebody@vendor.example' }), 'invalid_grant')
    same('elsewhere', await error({ aud: 'https://elsewhere.example' }), 'invalid_grant')
    same('too late', await error({ exp: Math.floor(Date.now() / 1000) - 5 }), 'invalid_grant')
    same('another app', await error({ iss: 'another' }), 'invalid_client_id')
    const forged = new jsforce.Connection({ loginUrl, version })
    const half = assertion().slice(0, -20)
    await refused('a forged assertion', forged.authorize({ ...bearer(), assertion: `${half}${'A'.repeat(20)}` }))
  },

  async function expiry() {
    const late = new jsforce.Connection({ instanceUrl, version, accessToken: '00D5g0000000001!gone' })
    same('a strange token', (await refused('it', late.query('SELECT COUNT() FROM Account'))).errorCode, 'INVALID_SESSION_ID')
    let renewed = 0
    const renewing = new jsforce.Connection({
      instanceUrl, version, accessToken: '00D5g0000000001!gone',
      refreshFn: (_, done) => {
        renewed += 1
        done(null, accessToken)
      },
    })
    same('with another', (await renewing.query('SELECT COUNT() FROM Account')).totalSize >= 2, true)
    same('renewed', renewed, 1)
  },
])
